using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Hosting.Serving;

/// <summary>The failures of one part of a node as statuses.</summary>
public interface IKnownFailures
{
    /// <summary>A failure as a status; null for one of another part.</summary>
    RpcException? Map(Exception failure);
}

/// <summary>Failures as gRPC statuses with google.rpc details, those that only a part of the node knows among them, and the way back.</summary>
public sealed class StatusMapping(IEnumerable<IKnownFailures> parts)
{
    // Trailers are headers: servers and proxies bound them, often at 8 KiB.
    private const int MostViolations = 40;
    private const int LongestText = 2000;
    private const int LongestViolation = 400;

    /// <summary>A failure as a status; null for one that no caller can do anything about.</summary>
    public RpcException? Map(Exception failure) => parts.Select(part => part.Map(failure)).FirstOrDefault(status => status is not null) ?? failure switch
    {
        RpcException rpc => rpc,
        SpecException spec => Refuse(StatusCode.InvalidArgument, spec.Message, BadRequest(spec.Problems.Select(problem => (problem.Path, problem.Message)))),
        FieldException field => Refuse(StatusCode.InvalidArgument, field.Message, BadRequest([(field.Field, field.Message)])),
        InvalidProtocolBufferException damaged => Refuse(StatusCode.InvalidArgument, $"A message cannot be read: {damaged.Message}"),
        TimeoutException timeout => Refuse(StatusCode.Unavailable, timeout.Message),
        UsageException usage => Refuse(StatusCode.InvalidArgument, usage.Message),
        PganException known => Refuse(StatusCode.FailedPrecondition, known.Message),
        // Not by the caller, whose own cancellation needs no answer.
        OperationCanceledException => Refuse(StatusCode.Unavailable, "The node, or the one that it asked, stopped in the middle of this call; try again."),
        _ => null,
    };

    /// <summary>A status with details.</summary>
    public static RpcException Refuse(StatusCode code, string message, params IMessage[] details)
    {
        return new Google.Rpc.Status { Code = (int)code, Message = Bounded(message, LongestText), Details = { details.Select(Any.Pack) } }.ToRpcException();
    }

    /// <summary>The violations that a status carries; empty for other failures.</summary>
    public static IReadOnlyList<BadRequest.Types.FieldViolation> Violations(RpcException failure) =>
        [.. Details(failure).Where(detail => detail.Is(Google.Rpc.BadRequest.Descriptor)).SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations)];

    /// <summary>Whether the same call may succeed in a moment, as its server says: it had too much to do.</summary>
    public static bool AsksForRetry(RpcException failure) => Details(failure).Any(detail => detail.Is(RetryInfo.Descriptor));

    // Details help; without them the status itself says what is wrong.
    private static RepeatedField<Any> Details(RpcException failure) => failure.Trailers.GetRpcStatus(ignoreParseError: true)?.Details ?? [];

    /// <summary>What is wrong with the fields of a request, as a detail.</summary>
    public static BadRequest BadRequest(IEnumerable<(string Field, string Message)> violations)
    {
        BadRequest request = new();
        request.FieldViolations.AddRange(violations.Take(MostViolations).Select(violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = Bounded(violation.Message, LongestViolation) }));
        return request;
    }

    private static string Bounded(string text, int length) => text.Length <= length ? text : text[..length] + "…";
}

/// <summary>A field of a request is wrong.</summary>
public sealed class FieldException(string field, string message) : UsageException(message)
{
    public string Field { get; } = field;
}
