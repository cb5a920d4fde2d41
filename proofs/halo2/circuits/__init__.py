"""The circuits, as ONNX graphs around a model: one file a task."""
