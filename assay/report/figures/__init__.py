"""Figures as inline SVG: lengths across in per cent and text in pixels, so that a drawing fits a phone and a sheet of
paper alike; colours by CSS class, so that it follows dark mode and print."""
