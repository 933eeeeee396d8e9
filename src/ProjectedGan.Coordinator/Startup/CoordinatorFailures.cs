using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Coordinator.Startup;

/// <summary>What grains, their storage and the data sets of submissions fail with, as statuses.</summary>
internal sealed class CoordinatorFailures : IKnownFailures
{
    public RpcException? Map(Exception failure) => failure switch
    {
        DatasetException dataset => StatusMapping.Refuse(StatusCode.InvalidArgument, dataset.Message, StatusMapping.BadRequest([("data.path", dataset.Message)])),
        NotFoundException missing => StatusMapping.Refuse(StatusCode.NotFound, missing.Message, new ErrorInfo { Reason = "NOT_FOUND", Domain = "pgan" }),
        AmbiguousIdException ambiguous => StatusMapping.Refuse(StatusCode.InvalidArgument, ambiguous.Message, StatusMapping.BadRequest([("id", ambiguous.Message)])),
        WrongStateException state => StatusMapping.Refuse(StatusCode.FailedPrecondition, state.Message, new ErrorInfo { Reason = "WRONG_STATE", Domain = "pgan" }),
        CoordinationException refused => StatusMapping.Refuse(StatusCode.InvalidArgument, refused.Message),
        GrainStorageException storage => StatusMapping.Refuse(StatusCode.Unavailable, storage.Message, new ErrorInfo { Reason = "STORAGE", Domain = "pgan" }),
        // Orleans' own text names silos and grains, which tell the caller nothing.
        OrleansMessageRejectionException => StatusMapping.Refuse(StatusCode.Unavailable, "The coordinator that had this is gone, and another takes over; try again."),
        _ => null,
    };
}
