using System.Globalization;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;

namespace ProjectedGan.Cli.Runs;

/// <summary>Where one run keeps its files.</summary>
internal sealed record RunFolder(string Path)
{
    private const string GridStart = "fakes-";

    public string Name => System.IO.Path.GetFileName(Path);

    public string Spec => In("spec.yaml");

    public string Log => In("log.jsonl");

    public string FrechetCsv => In("fd.csv");

    /// <summary>Every figure of every measurement.</summary>
    public string MetricsCsv => In("metrics.csv");

    /// <summary>Fréchet distance against thousands of images, without the ending: .png and .svg are written.</summary>
    public string FrechetPlot => In("fd");

    public string Checkpoints => In("checkpoints");

    public string Samples => In("samples");

    public string RealGrid => System.IO.Path.Combine(Samples, "real.png");

    public string FinalGrid => In("samples.png");

    /// <summary>Samples beside the training images nearest to them.</summary>
    public string Neighbours => In("neighbours.png");

    public string Interpolation => In("interpolation.webp");

    public string Grid(long imagesSeen) => System.IO.Path.Combine(Samples, $"{GridStart}{imagesSeen:D9}.png");

    /// <summary>The grids that are there, in the order of their images seen.</summary>
    public IEnumerable<(long Images, string Path)> Grids()
    {
        var files = Directory.Exists(Samples) ? Directory.GetFiles(Samples, $"{GridStart}*.png") : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var number = System.IO.Path.GetFileNameWithoutExtension(file)[GridStart.Length..];
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var images))
            {
                yield return (images, file);
            }
        }
    }

    /// <summary>Makes the folder this process's, for runs of one spec.</summary>
    /// <returns>The lock; the folder is free again when it is disposed.</returns>
    /// <exception cref="UsageException">Another process runs in the folder, or the folder is of another spec.</exception>
    public FileStream Claim(TrainingSpec spec)
    {
        if (File.Exists(Spec) && SpecSchema.Differences(TrainingSpecFile.LoadUnvalidated(Spec), spec, onlyResult: true) is { Count: > 0 } differences)
        {
            throw new UsageException(
                $"'{Path}' holds a run of another spec ({string.Join("; ", differences)}). Resume it with its own settings, or give this one another name.");
        }

        if (!File.Exists(Spec) && !File.Exists(In(CheckpointStore.ManifestName)) && Weights() is { } weights)
        {
            throw new UsageException(
                $"'{Path}' holds weights ('{weights}') and no whole checkpoint, from which alone training goes on ('pgan download' without --best brings one). "
                + "Give this run another folder.");
        }

        Create();
        return RunLock.Take(this);
    }

    /// <summary>The checkpoint whose files lie in the folder itself, where <c>pgan download</c> puts them; null where there is none.</summary>
    /// <exception cref="PganException">It is damaged.</exception>
    public Checkpoint? Downloaded() => File.Exists(In(CheckpointStore.ManifestName)) ? CheckpointStore.Open(Path) : null;

    /// <summary>The newest whole checkpoint, of this run's own and a downloaded one; null where there is none.</summary>
    /// <param name="warn">Told of damaged ones that were passed over.</param>
    /// <exception cref="PganException">The downloaded one is damaged.</exception>
    public Checkpoint? Newest(Action<string> warn) => new[] { Downloaded(), new CheckpointStore(Checkpoints, int.MaxValue).Newest(warn) }
        .OfType<Checkpoint>().MaxBy(checkpoint => checkpoint.Manifest.Iteration);

    public void Create()
    {
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(Samples);
        Directory.CreateDirectory(Checkpoints);
    }

    private string? Weights() => Directory.Exists(Path)
        ? Directory.EnumerateFiles(Path, "*.safetensors").Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault()
        : null;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>Keeps a second process out of a run's folder. The lock goes with the process, however it ends.</summary>
internal static class RunLock
{
    /// <exception cref="UsageException">Another process holds it.</exception>
    public static FileStream Take(RunFolder folder)
    {
        var path = Path.Combine(folder.Path, ".lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UsageException($"'{folder.Path}' is in use by another pgan process; wait for it, stop it, or give this run another name.");
        }
    }
}
