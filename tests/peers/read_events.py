"""Reads TensorBoard's event files of a folder as TensorBoard does, with checksums and messages of its own, and prints JSON.

usage: read_events.py FOLDER

Prints {"files": N, "versions": [...], "events": [{"step", "time", "figures": {tag: value}, "sheets": {tag: [width, height, colorspace, PNG]}}]},
the files in the order of their names and PNGs in base64. A session that starts at a step takes back what was said of it and of later ones.
"""
import base64
import json
import os
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELD = descriptor_pb2.FieldDescriptorProto
START = 1


def messages():
    """Event and what is in it that this reader wants, by the field numbers of TensorFlow's event.proto and summary.proto."""
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="events", syntax="proto3")
    kinds = {
        "double": FIELD.TYPE_DOUBLE, "float": FIELD.TYPE_FLOAT, "int64": FIELD.TYPE_INT64, "int32": FIELD.TYPE_INT32,
        "string": FIELD.TYPE_STRING, "bytes": FIELD.TYPE_BYTES,
    }
    for name, fields in {
        "Image": [("height", 1, "int32"), ("width", 2, "int32"), ("colorspace", 3, "int32"), ("encoded", 4, "bytes")],
        "Value": [("tag", 1, "string"), ("simple_value", 2, "float"), ("image", 4, "Image")],
        "Summary": [("value", 1, "Value*")],
        "SessionLog": [("status", 1, "int32")],
        "Event": [
            ("wall_time", 1, "double"), ("step", 2, "int64"), ("file_version", 3, "string"), ("summary", 5, "Summary"), ("session_log", 7, "SessionLog"),
        ],
    }.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            plain = kind.rstrip("*")
            added = message.field.add(name=field, number=number, label=FIELD.LABEL_REPEATED if kind.endswith("*") else FIELD.LABEL_OPTIONAL)
            if plain in kinds:
                added.type = kinds[plain]
            else:
                added.type, added.type_name = FIELD.TYPE_MESSAGE, f".events.{plain}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    event = pool.FindMessageTypeByName("events.Event")
    # Renamed in protobuf 4.22.
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(event)
    return message_factory.MessageFactory(pool).GetPrototype(event)


def table():
    """CRC-32C (Castagnoli), a byte at a time; the polynomial is reflected."""
    entries = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        entries.append(value)
    return entries


TABLE = table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    with open(path, "rb") as file:
        data = file.read()
    offset = 0
    while offset < len(data):
        header = data[offset:offset + 8]
        length, = struct.unpack("<Q", header)
        check, = struct.unpack_from("<I", data, offset + 8)
        record = data[offset + 12:offset + 12 + length]
        footer, = struct.unpack_from("<I", data, offset + 12 + length)
        if check != masked_crc(header) or footer != masked_crc(record):
            raise SystemExit(f"{path}: the checksum at byte {offset} is wrong")
        yield record
        offset += 16 + length


# The CRC of the checks below is the one of RFC 3720, appendix B.4: 32 bytes of zeros have 0x8A9136AA.
assert masked_crc(bytes(32)) == ((0x8A9136AA >> 15 | 0x8A9136AA << 17) + 0xA282EAD8) & 0xFFFFFFFF
Event = messages()
files = sorted(name for name in os.listdir(sys.argv[1]) if "tfevents" in name)
versions, events = [], []
for name in files:
    for record in records(os.path.join(sys.argv[1], name)):
        event = Event.FromString(record)
        if event.file_version:
            versions.append(event.file_version)
        if event.session_log.status == START:
            events = [known for known in events if known["step"] < event.step]
        if event.summary.value:
            events.append({
                "step": event.step,
                "time": event.wall_time,
                "figures": {value.tag: value.simple_value for value in event.summary.value if not value.HasField("image")},
                "sheets": {
                    value.tag: [value.image.width, value.image.height, value.image.colorspace, base64.b64encode(value.image.encoded).decode()]
                    for value in event.summary.value if value.HasField("image")
                },
            })
print(json.dumps({"files": len(files), "versions": versions, "events": events}))
