using System.CommandLine;
using System.Globalization;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Verification;

/// <summary><c>pgan verify</c>: a user's own proof that the result does not depend on the workers.</summary>
internal static class VerifyCommand
{
    public static Command Build()
    {
        Option<string> workers = new("--workers") { Description = "Numbers of worker processes, separated by commas.", DefaultValueFactory = _ => "1,2,3" };
        Option<int> iterations = new("--iterations") { Description = "Iterations of each run.", DefaultValueFactory = _ => 20 };
        Option<int> replicas = new("--replicas") { Description = "Logical replicas of the spec.", DefaultValueFactory = _ => 8 };
        Option<string> wire = new("--wire") { Description = "float32 or bfloat16 between workers.", DefaultValueFactory = _ => "float32" };
        Option<bool> keep = new("--keep") { Description = "Keep the folder with data and logs, and print its path." };
        ExampleCommand command = new(
            "verify",
            "Trains the same small spec on different numbers of worker processes, and once more with a worker killed half-way, and compares the weights bit for bit.",
            "verify",
            "verify --workers 1,2,3,4 --iterations 100 --wire bfloat16")
        {
            workers, iterations, replicas, wire, keep,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            var counts = Counts(parsed.GetValue(workers)!);
            var spec = SpecSchema.With(
                VerificationSpec.Create(parsed.GetValue(replicas), parsed.GetValue(iterations)), [new("reduction.wire", parsed.GetValue(wire)!)]);
            TrainingSpecValidator.ThrowIfInvalid(spec);
            if (counts.Max() > spec.Replicas)
            {
                throw new UsageException($"--workers: {counts.Max()} workers cannot share {spec.Replicas} replicas; use fewer workers or more --replicas.");
            }
            var folder = Directory.CreateTempSubdirectory("pgan-verify-").FullName;
            try
            {
                return await VerifyAsync(folder, spec, counts, cancellation) ? ExitCode.Success : ExitCode.Failure;
            }
            finally
            {
                if (parsed.GetValue(keep))
                {
                    Console.WriteLine(folder);
                }
                else
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        });
        return command;
    }

    private static async Task<bool> VerifyAsync(string folder, TrainingSpec spec, IReadOnlyList<int> counts, CancellationToken cancellation)
    {
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(folder, cancellation) } };
        List<string> hashes = [];
        foreach (var count in counts)
        {
            hashes.Add(await RunAsync($"{count} worker{(count == 1 ? "" : "s")}", new VerificationRun(spec, count, IsWorkerKilled: false)));
        }
        if (counts.Max() is > 1 and var most)
        {
            hashes.Add(await RunAsync($"{most} workers, one killed", new VerificationRun(spec, most, IsWorkerKilled: true)));
        }
        var isEqual = hashes.Distinct().Count() == 1;
        Console.WriteLine(isEqual ? $"all {hashes.Count} runs have the same weights, bit for bit" : "the weights differ");
        return isEqual;

        async Task<string> RunAsync(string name, VerificationRun run)
        {
            var start = TimeProvider.System.GetTimestamp();
            var hash = await run.TrainAsync(Path.Combine(folder, $"run-{hashes.Count}"), cancellation);
            Console.WriteLine($"{name,-24} {hash}  {TimeProvider.System.GetElapsedTime(start).TotalSeconds,6:F1} s");
            return hash;
        }
    }

    private static List<int> Counts(string text)
    {
        List<int> counts = [];
        foreach (var part in text.Split(','))
        {
            counts.Add(int.TryParse(part, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 64
                ? count : throw new UsageException($"--workers: '{part}' is no number of workers; use numbers from 1 to 64, separated by commas."));
        }
        return counts;
    }
}
