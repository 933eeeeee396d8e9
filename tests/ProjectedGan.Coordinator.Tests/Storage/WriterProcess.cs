using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Storage;

/// <summary>The child process: this assembly, started as a program. It counts in a grain's state and says each count that was acknowledged.</summary>
internal static class WriterProcess
{
    public static readonly GrainId Grain = GrainId.Create("counter", "killed");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Starts the child, kills it while it writes, and returns the last count that it said.</summary>
    public static async Task<long> KillAfterAsync(string database, int writes)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", ["exec", typeof(WriterProcess).Assembly.Location, database])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using var child = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            long said = 0;
            for (var line = 0; line < writes; line++)
            {
                said = Parse(await child.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException($"The child ended after {line} writes."));
            }

            // SIGKILL. What the child said before it died is still in the pipe.
            child.Kill();
            var rest = await child.StandardOutput.ReadToEndAsync(limit.Token);
            var whole = rest.Split('\n')[..^1];
            return whole.Length > 0 ? Parse(whole[^1]) : said;
        }
        finally
        {
            child.Kill();
        }
    }

    public static async Task Main(string[] arguments)
    {
        // Without its parent the child ends too.
        _ = Task.Run(static () =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            Environment.Exit(1);
        });
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<StorageInstruments>().BuildServiceProvider();
        await using var database = new SqliteDatabase(new SqliteStorageOptions { Path = arguments[0] }, services.GetRequiredService<StorageInstruments>());
        var storage = new SqlGrainStorage(database, TimeProvider.System);
        await storage.PrepareAsync(CancellationToken.None);
        var state = new GrainState<Counter>();
        await storage.ReadStateAsync("counter", Grain, state);
        while (true)
        {
            state.State = new Counter { Value = state.State!.Value + 1 };
            await storage.WriteStateAsync("counter", Grain, state);
            Console.WriteLine(state.State.Value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static long Parse(string line) => long.Parse(line, CultureInfo.InvariantCulture);
}
