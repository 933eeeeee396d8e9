namespace ProjectedGan.Hosting.Serving;

/// <summary>How much a server does at once. Each kind of call has a bound of its own, so that no kind can shut out another.</summary>
public sealed record CallLimits
{
    /// <summary>Short calls. Default 256.</summary>
    public int Calls { get; init; } = 256;

    /// <summary>Uploads and downloads. Default 64.</summary>
    public int Transfers { get; init; } = 64;

    /// <summary>Clients that watch experiments. Default 1,024.</summary>
    public int Watches { get; init; } = 1024;

    /// <summary>Workers and evaluators, and peers of a worker. Default 2,048.</summary>
    public int Nodes { get; init; } = 2048;

    /// <summary>Bytes of a message. Default 2 MiB: a piece of an upload has at most 1 MiB, a spec 256 KiB.</summary>
    public int MessageBytes { get; init; } = 2 << 20;

    /// <summary>Connections. Default 4,096.</summary>
    public int Connections { get; init; } = 4096;
}
