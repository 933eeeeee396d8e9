"""Talks to a gRPC server with grpcio, and prints one line per thing it learnt.

usage: grpc_peer.py ADDRESS PROTOS health|reflection

PROTOS is the folder of the .proto files. Messages are made from their descriptors rather than from generated modules: those of
grpc/health/... would hide grpcio's own package `grpc`.
"""
import os
import sys
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

TIMEOUT = 60


def say(*words):
    print(*words, flush=True)


class Stubs:
    """Calls any method of the services in the .proto files below a folder."""

    def __init__(self, channel, protos, files):
        self._channel = channel
        with tempfile.TemporaryDirectory() as folder:
            compiled = os.path.join(folder, "set")
            code = protoc.main(["protoc", f"-I{protos}", "--include_imports", f"--descriptor_set_out={compiled}", *files])
            assert code == 0, f"protoc ended with {code}"
            with open(compiled, "rb") as stream:
                self._pool = pool_of(descriptor_pb2.FileDescriptorSet.FromString(stream.read()).file)
        self._factory = message_factory.MessageFactory(self._pool)

    def message(self, name, **fields):
        return self._factory.GetPrototype(self._pool.FindMessageTypeByName(name))(**fields)

    def call(self, kind, service, method):
        found = self._pool.FindServiceByName(service).FindMethodByName(method)
        response = self._factory.GetPrototype(found.output_type)
        return getattr(self._channel, kind)(
            f"/{service}/{method}", request_serializer=lambda message: message.SerializeToString(), response_deserializer=response.FromString)


def pool_of(files):
    """A pool of files given in any order."""
    pool, waiting = descriptor_pool.DescriptorPool(), {file.name: file for file in files}

    def add(name):
        file = waiting.pop(name, None)
        if file is not None:
            for dependency in file.dependency:
                add(dependency)
            pool.Add(file)

    for name in list(waiting):
        add(name)
    return pool


def health(stubs):
    def request(service):
        return stubs.message("grpc.health.v1.HealthCheckRequest", service=service)

    check = stubs.call("unary_unary", "grpc.health.v1.Health", "Check")
    say("node", check(request(""), timeout=TIMEOUT).status)
    try:
        check(request("absent"), timeout=TIMEOUT)
    except grpc.RpcError as error:
        say("absent", error.code().name)
    watch = stubs.call("unary_stream", "grpc.health.v1.Health", "Watch")
    changes = watch(request("later"), timeout=TIMEOUT)
    for response in changes:
        say("later", response.status)
        if response.status == 2:
            changes.cancel()
            break


def reflection(stubs):
    for version in ("v1", "v1alpha"):
        package = f"grpc.reflection.{version}"

        def ask(**what):
            call = stubs.call("stream_stream", f"{package}.ServerReflection", "ServerReflectionInfo")
            [answer] = call(iter([stubs.message(f"{package}.ServerReflectionRequest", **what)]), timeout=TIMEOUT)
            return answer

        services = [service.name for service in ask(list_services="").list_services_response.service]
        say(version, "services", *services)
        files = ask(file_containing_symbol="pgan.v1.Experiments").file_descriptor_response.file_descriptor_proto
        pool = pool_of([descriptor_pb2.FileDescriptorProto.FromString(file) for file in files])
        say(version, "methods", *[method.name for method in pool.FindServiceByName("pgan.v1.Experiments").methods])
        by_name = ask(file_by_filename="grpc/health/v1/health.proto").file_descriptor_response.file_descriptor_proto
        say(version, "file", descriptor_pb2.FileDescriptorProto.FromString(by_name[0]).package)
        say(version, "absent", ask(file_containing_symbol="no.Such").error_response.error_code)


def main():
    address, protos, what = sys.argv[1:]
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    files = ["grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto", "grpc/reflection/v1alpha/reflection.proto"]
    with grpc.insecure_channel(address) as channel:
        {"health": health, "reflection": reflection}[what](Stubs(channel, protos, files))
    say("done")


main()
