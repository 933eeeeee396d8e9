"""Reads a safetensors file with Python and prints JSON: per tensor its dtype, shape, and values as row-major doubles.

usage: describe_safetensors.py FILE
"""
import json
import sys

import safetensors_file

tensors, metadata = safetensors_file.read(sys.argv[1])
print(json.dumps({
    "metadata": metadata,
    "tensors": {
        name: {"dtype": str(value.dtype)[6:], "shape": list(value.shape), "values": value.double().flatten().tolist()}
        for name, value in tensors.items()
    },
}))
