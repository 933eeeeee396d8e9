using System.Diagnostics;
using System.Text.Json;
using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;

namespace ProjectedGan.Node.Benchmarks;

/// <summary>Runs a peer's script, or this program again, as a process of its own, so that memory and warm-up are each one's own.</summary>
internal static class StepPeer
{
    /// <summary>A script that reads the configuration as JSON from standard input and prints a <see cref="StepMeasurement"/>.</summary>
    /// <exception cref="PganException">It fails, or prints something else.</exception>
    public static Task<StepMeasurement> RunScriptAsync(string python, string script, TrainingSpec spec, int threads, int warmup, int iterations, CancellationToken cancellation) =>
        RunAsync(python, [script], Configuration(spec, threads, warmup, iterations), cancellation);

    /// <summary>This program with the given arguments.</summary>
    /// <exception cref="PganException">It fails.</exception>
    public static Task<StepMeasurement> RunSelfAsync(IEnumerable<string> arguments, CancellationToken cancellation) =>
        RunAsync(Path.Combine(AppContext.BaseDirectory, "pgan"), arguments, "", cancellation);

    private static string Configuration(TrainingSpec spec, int threads, int warmup, int iterations) => JsonSerializer.Serialize(new
    {
        generator = SpecSchema.Find("generator.kind")!.Text(spec),
        width = spec.Generator.Width,
        latent = spec.Generator.LatentSize,
        resolution = spec.Data.Resolution,
        batch = spec.Batch,
        threads,
        features = SpecSchema.Find("features.network")!.Text(spec),
        featureSize = spec.Features.EffectiveInputSize(spec.Data.Resolution),
        projectionChannels = spec.Projection.Channels,
        discriminatorWidth = spec.Discriminator.WidthFactor,
        sharedFakes = spec.SharedFakes,
        device = SpecSchema.Find("execution.device")!.Text(spec),
        warmup,
        iterations,
    });

    private static async Task<StepMeasurement> RunAsync(string program, IEnumerable<string> arguments, string input, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // What we set from inside by mallopt, the peer gets by environment: neither should wait for page faults.
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "34359738368";
        start.Environment["MALLOC_TOP_PAD_"] = "268435456";
        using Process process = Process.Start(start) ?? throw new PganException($"'{program}' cannot be started.");
        using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 && StepMeasurement.Parse(output) is { } measured
            ? measured
            : throw new PganException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {(await errors).TrimEnd().Split('\n')[^1]}");
    }
}
