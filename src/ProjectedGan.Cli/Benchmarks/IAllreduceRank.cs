namespace ProjectedGan.Cli.Benchmarks;

/// <summary>One process' part in a way to move what an all-reduce moves.</summary>
internal interface IAllreduceRank : IAsyncDisposable
{
    /// <summary>Where the others reach this process.</summary>
    string Address { get; }

    /// <param name="addresses">Those of all processes, by rank.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ConnectAsync(string[] addresses, CancellationToken cancellation);

    Task BarrierAsync(CancellationToken cancellation);

    /// <summary>One round; returns when this process is done with it.</summary>
    void Sum(int round);
}
