using Grpc.Core;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>Coordinators on one machine that were told of nothing but a database, and a folder for the files.</summary>
internal sealed class SiloCluster(TemporaryFolder home, string connection) : IAsyncDisposable
{
    private readonly List<CoordinatorProcess> _all = [];
    private int _started;

    public IReadOnlyList<CoordinatorProcess> Silos => _all;

    public string Logs => string.Join("\n", _all.Select((silo, number) => $"== silo {number}\n{silo.Log}"));

    /// <param name="ahead">By how much its clock is ahead of this machine's: the library of Debian's package faketime stands between it and the system.</param>
    /// <param name="arguments">Further options.</param>
    public async Task<CoordinatorProcess> AddAsync(TimeSpan ahead = default, params string[] arguments)
    {
        string[] common = ["--data-dir", home.At($"data-{_started++}"), "--shared-dir", home.At("shared"), "--clustering", "postgres", "--connection-string", connection];
        var silo = await CoordinatorProcess.StartAsync(home, ahead == default ? new Dictionary<string, string>() : Skew(ahead), [.. common, .. arguments]);
        _all.Add(silo);
        return silo;
    }

    public async Task KillAsync(CoordinatorProcess silo)
    {
        await silo.KillAsync();
        _all.Remove(silo);
        await silo.DisposeAsync();
    }

    public async Task StopAsync(CoordinatorProcess silo)
    {
        (await silo.StopAsync()).Succeeded();
        _all.Remove(silo);
        await silo.DisposeAsync();
    }

    /// <summary>Asks until a coordinator answers: while the others notice that one is gone, some calls fail.</summary>
    public async Task<T> AskAsync<T>(string what, CoordinatorProcess silo, Func<Experiments.ExperimentsClient, Task<T>> call)
    {
        T? answer = default;
        var failure = "";
        try
        {
            await Eventually.HoldsAsync(what, async () =>
            {
                try
                {
                    answer = await call(silo.Experiments);
                    return true;
                }
                catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.DeadlineExceeded)
                {
                    failure = error.Message;
                    return false;
                }
            });
        }
        catch (Xunit.Sdk.XunitException error)
        {
            Assert.Fail($"{error.Message} Last: {failure}\n{Logs}");
        }

        return answer!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _all)
        {
            await silo.DisposeAsync();
        }
    }

    private static Dictionary<string, string> Skew(TimeSpan ahead)
    {
        var library = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }).FirstOrDefault() : null;
        Assert.True(library is not null, "A wrong clock needs Debian's package faketime: install it, as ./pgan test does.");
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME"] = FormattableString.Invariant($"{ahead.TotalSeconds:+0;-0}s"),
            // Wrong clocks are told the wrong time of day; none runs fast.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["NO_FAKE_STAT"] = "1",
        };
    }
}
