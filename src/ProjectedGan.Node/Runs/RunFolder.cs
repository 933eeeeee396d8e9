using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;

namespace ProjectedGan.Node.Runs;

/// <summary>Where one run keeps its files.</summary>
internal sealed record RunFolder(string Path)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public string Spec => In("spec.yaml");

    public string Log => In("log.jsonl");

    public string FrechetCsv => In("fd.csv");

    /// <summary>Fréchet distance against thousands of images, without the ending: .png and .svg are written.</summary>
    public string FrechetPlot => In("fd");

    public string Checkpoints => In("checkpoints");

    public string Samples => In("samples");

    public string RealGrid => System.IO.Path.Combine(Samples, "real.png");

    public string FinalGrid => In("samples.png");

    public string Interpolation => In("interpolation.webp");

    public string Grid(long imagesSeen) => System.IO.Path.Combine(Samples, $"fakes-{imagesSeen:D9}.png");

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

        Create();
        return RunLock.Take(this);
    }

    public void Create()
    {
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(Samples);
        Directory.CreateDirectory(Checkpoints);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
