"""The networks of SafetyNets (Ghodsi, Gu, Garg 2017), trained so that their integers provably fit the proof's field."""
