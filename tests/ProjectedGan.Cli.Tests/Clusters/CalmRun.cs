using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Tests.Runs;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>The same spec in one process without any trouble, which decides what the weights have to be.</summary>
internal static class CalmRun
{
    public static async Task<string> WeightsHashAsync(TemporaryFolder home, TrainingSpec spec)
    {
        var file = home.At("calm.yaml");
        TrainingSpecFile.Save(spec, file);
        return TinyRun.WeightsHash((await PganProcess.RunAsync(home.Path, "train", "--spec", file, "--run", home.At("calm"), "--evaluation-samples", "0")).Succeeded());
    }
}
