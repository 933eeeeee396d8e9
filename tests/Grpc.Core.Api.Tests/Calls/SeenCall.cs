namespace Grpc.Core.Api.Tests.Calls;

/// <summary>What the server saw of the last call.</summary>
internal sealed class SeenCall
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Metadata Headers { get; private set; } = [];

    public DateTime Deadline { get; private set; }

    public string Method { get; private set; } = "";

    public string Peer { get; private set; } = "";

    /// <summary>How the requests were encoded; the metadata leaves the protocol's own headers out.</summary>
    public string? Encoding { get; private set; }

    public string? PeerIdentity { get; private set; }

    public bool IsPeerAuthenticated { get; private set; }

    public Task Waiting => _waiting.Task;

    public Task Cancelled => _cancelled.Task;

    public void Record(ServerCallContext context)
    {
        Headers = context.RequestHeaders;
        Deadline = context.Deadline;
        Method = context.Method;
        Peer = context.Peer;
        Encoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
        IsPeerAuthenticated = context.AuthContext.IsPeerAuthenticated;
        PeerIdentity = context.AuthContext.PeerIdentity.FirstOrDefault()?.Value;
    }

    public async Task UntilCancelledAsync(CancellationToken cancellationToken)
    {
        _waiting.SetResult();
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(fired.SetResult))
        {
            await fired.Task;
        }

        _cancelled.SetResult();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
