"""Submits an experiment to a coordinator, watches it and cancels it, with nothing but grpcio.

usage: experiment.py HOST:PORT SPEC.yaml DATASET.zip [--token TOKEN] [--ca CA.crt] [--keep]

The coordinator itself says what its messages look like (server reflection), so that no code is generated; a project of your own may as
well run grpcio-tools over protos/. Needs grpcio and grpcio-tools.
"""
import argparse
import hashlib
import os
import sys
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

PIECE = 256 * 1024

# As much of the reflection protocol as is used here; more of it comes with grpcio-reflection.
REFLECTION = """
syntax = "proto3";
package grpc.reflection.v1;
service ServerReflection { rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse); }
message ServerReflectionRequest { string file_containing_symbol = 4; }
message ServerReflectionResponse { Files file_descriptor_response = 4; }
message Files { repeated bytes file_descriptor_proto = 1; }
"""


class Messages:
    """Message classes and calls of a set of .proto files."""

    def __init__(self, channel, metadata, files):
        self.channel, self.metadata = channel, metadata
        self.pool, waiting = descriptor_pool.DescriptorPool(), {file.name: file for file in files}

        def add(name):
            file = waiting.pop(name, None)
            if file is not None:
                for dependency in file.dependency:
                    add(dependency)
                self.pool.Add(file)

        for name in list(waiting):
            add(name)

    def of(self, name):
        descriptor = self.pool.FindMessageTypeByName(name)
        newer = getattr(message_factory, "GetMessageClass", None)
        return newer(descriptor) if newer else message_factory.MessageFactory(self.pool).GetPrototype(descriptor)

    def call(self, kind, service, method, request):
        response = self.of(self.pool.FindServiceByName(service).FindMethodByName(method).output_type.full_name)
        stub = getattr(self.channel, kind)(
            f"/{service}/{method}", request_serializer=lambda message: message.SerializeToString(), response_deserializer=response.FromString)
        return stub(request, metadata=self.metadata)


def ask_server(channel, metadata, *services):
    """The messages of services, as the server describes them."""
    with tempfile.TemporaryDirectory() as folder:
        source, compiled = os.path.join(folder, "reflection.proto"), os.path.join(folder, "set")
        with open(source, "w") as stream:
            stream.write(REFLECTION)
        assert protoc.main(["protoc", f"-I{folder}", f"--descriptor_set_out={compiled}", source]) == 0
        with open(compiled, "rb") as stream:
            reflection = Messages(channel, metadata, descriptor_pb2.FileDescriptorSet.FromString(stream.read()).file)
    request = reflection.of("grpc.reflection.v1.ServerReflectionRequest")
    answers = reflection.call(
        "stream_stream", "grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", iter([request(file_containing_symbol=name) for name in services]))
    files = {}
    for answer in answers:
        for text in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(text)
            files[file.name] = file
    return Messages(channel, metadata, files.values())


def upload(api, path):
    """Sends a file unless it is there, from where an interrupted upload stopped; returns its digest."""
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    state = api.call("unary_unary", "pgan.v1.Artifacts", "Stat", api.of("pgan.v1.StatRequest")(digest=digest))
    if state.complete:
        return digest
    request = api.of("pgan.v1.UploadRequest")

    def pieces():
        yield request(start={"digest": digest, "bytes": os.path.getsize(path), "offset": state.bytes})
        with open(path, "rb") as file:
            file.seek(state.bytes)
            while piece := file.read(PIECE):
                yield request(data=piece)

    assert api.call("stream_unary", "pgan.v1.Artifacts", "Upload", pieces()).complete
    return digest


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("target")
    arguments.add_argument("spec")
    arguments.add_argument("dataset")
    arguments.add_argument("--token")
    arguments.add_argument("--ca")
    arguments.add_argument("--keep", action="store_true", help="watch to the end instead of cancelling after the first event")
    options = arguments.parse_args()
    metadata = [("authorization", f"Bearer {options.token}")] if options.token else []
    if options.ca:
        with open(options.ca, "rb") as file:
            channel = grpc.secure_channel(options.target, grpc.ssl_channel_credentials(file.read()))
    else:
        channel = grpc.insecure_channel(options.target)

    api = ask_server(channel, metadata, "pgan.v1.Experiments", "pgan.v1.Artifacts")

    def experiments(method, request, **fields):
        kind = "unary_stream" if method == "Watch" else "unary_unary"
        return api.call(kind, "pgan.v1.Experiments", method, api.of(f"pgan.v1.{request}")(**fields))

    digest = upload(api, options.dataset)
    with open(options.spec) as file:
        submitted = experiments("Submit", "SubmitRequest", spec_yaml=file.read(), name="from-python", dataset_digest=digest)
    print("submitted", submitted.id, flush=True)
    for event in experiments("Watch", "WatchRequest", id=submitted.id):
        print("event", event.sequence, event.text, flush=True)
        if event.sequence == 1 and not options.keep:
            experiments("Cancel", "CancelRequest", id=submitted.id, reason="the example is over")
    ended = experiments("Get", "GetRequest", id=submitted.id)
    state = api.pool.FindEnumTypeByName("pgan.v1.ExperimentState").values_by_number[ended.state].name
    print("ended", state, ended.reason, flush=True)


if __name__ == "__main__":
    try:
        main()
    except grpc.RpcError as error:
        print("refused", error.code().name, error.details(), flush=True)
        sys.exit(1)
