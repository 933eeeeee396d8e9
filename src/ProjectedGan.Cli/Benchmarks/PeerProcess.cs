using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>
/// Runs a peer's script, or this program again, as a process of its own, so that memory and warm-up are each one's own. Scripts read one JSON
/// object from standard input.
/// </summary>
internal static class PeerProcess
{
    /// <summary>This program.</summary>
    public static string Self => Path.Combine(AppContext.BaseDirectory, "pgan");

    /// <summary>The interpreter's option.</summary>
    public static Option<string> Python() => new("--python")
    {
        Description = "Its interpreter.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PGAN_PYTHON") ?? "/usr/bin/python3",
    };

    /// <exception cref="UsageException">There is no such script.</exception>
    public static void RequireScript(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"--peer: '{path}' does not exist.");
        }
    }

    /// <summary>A spec as the scripts of tests/peers read it.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="threads">Processor threads that the peer may use.</param>
    /// <exception cref="UsageException">It has settings that the peers do not know.</exception>
    public static JsonObject Configuration(TrainingSpec spec, int threads)
    {
        RequireKnown(spec);
        return new()
        {
            ["generator"] = SpecSchema.Find("generator.kind")!.Text(spec),
            ["width"] = spec.Generator.Width,
            ["latent"] = spec.Generator.LatentSize,
            ["resolution"] = spec.Data.Resolution,
            ["batch"] = spec.Batch,
            ["replicas"] = spec.Replicas,
            ["threads"] = threads,
            ["features"] = SpecSchema.Find("features.network")!.Text(spec),
            ["featureSize"] = spec.Features.EffectiveInputSize(spec.Data.Resolution),
            ["augmentation"] = new JsonObject
            {
                ["color"] = spec.Augmentation.Color,
                ["translation"] = spec.Augmentation.Translation,
                ["cutout"] = spec.Augmentation.Cutout,
            },
            ["projectionChannels"] = spec.Projection.Channels,
            ["discriminatorWidth"] = spec.Discriminator.WidthFactor,
            ["generatorRate"] = spec.Optimizer.GeneratorRate,
            ["discriminatorRate"] = spec.Optimizer.DiscriminatorRate,
            ["emaHalfLife"] = spec.Ema.HalfLifeImages,
            ["emaRampUp"] = spec.Ema.RampUp,
            ["sharedFakes"] = spec.SharedFakes,
            ["device"] = SpecSchema.Find("execution.device")!.Text(spec),
        };
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">A program or an interpreter.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="heard">Told each line of its standard output.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="PganException">It fails; the message has its last line of standard error.</exception>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments, string input, Action<string> heard, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // What we set from inside by mallopt, the peer gets by environment: neither should wait for page faults.
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "34359738368";
        start.Environment["MALLOC_TOP_PAD_"] = "268435456";
        using var process = Process.Start(start) ?? throw new PganException($"'{program}' cannot be started.");
        using var kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            heard(line);
        }

        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new PganException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {(await errors).TrimEnd().Split('\n')[^1]}");
        }
    }

    private static void RequireKnown(TrainingSpec spec)
    {
        var known = new TrainingSpec
        {
            Seed = spec.Seed,
            Batch = spec.Batch,
            Replicas = spec.Replicas,
            SharedFakes = spec.SharedFakes,
            Data = spec.Data with { Classes = 0 },
            Generator = spec.Generator with { Conditional = false },
            Features = spec.Features,
            Augmentation = spec.Augmentation,
            Projection = new() { Channels = spec.Projection.Channels },
            Discriminator = new() { WidthFactor = spec.Discriminator.WidthFactor },
            Optimizer = new() { GeneratorRate = spec.Optimizer.GeneratorRate, DiscriminatorRate = spec.Optimizer.DiscriminatorRate },
            Ema = spec.Ema,
            Execution = new() { Device = spec.Execution.Device, ThreadsPerReplica = spec.Execution.ThreadsPerReplica },
            Reduction = new() { BucketBytes = spec.Reduction.BucketBytes },
        };
        if (SpecSchema.Differences(known, spec, onlyResult: true) is { Count: > 0 } differences)
        {
            throw new UsageException($"--peer: the peers leave these settings at their defaults: {string.Join("; ", differences)}.");
        }
    }
}
