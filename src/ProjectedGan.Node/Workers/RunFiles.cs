using ProjectedGan.Contracts.V1;
using ProjectedGan.Node.Artifacts;
using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;

namespace ProjectedGan.Node.Workers;

/// <summary>Brings a run's files to this machine and its spec into this machine's words.</summary>
internal static class RunFiles
{
    /// <summary>The run's spec, with the paths of files in the cache.</summary>
    /// <exception cref="HostedRunException">The spec means something else here than at the coordinator.</exception>
    /// <exception cref="PganException">A file cannot be had or kept.</exception>
    public static async Task<TrainingSpec> LocateAsync(RunDescription run, ArtifactClient artifacts, ArtifactStore cache, CancellationToken cancellation)
    {
        TrainingSpec spec;
        try
        {
            spec = TrainingSpecFile.ParseUnvalidated(run.Id, run.SpecYaml);
            TrainingSpecValidator.ThrowIfInvalid(spec);
        }
        catch (PganException error)
        {
            throw new HostedRunException($"This node cannot read the spec: {error.Message}", error);
        }
        if (SpecHash.Compute(spec) is var hash && hash != run.SpecHash)
        {
            throw new HostedRunException($"The spec has the hash {hash[..12]}… here and {run.SpecHash[..12]}… at the coordinator; run the same version on all nodes.", null);
        }
        return spec with
        {
            Data = spec.Data with { Path = await artifacts.FetchAsync(run.Dataset, cache, null, cancellation) },
            Features = run.Weights is null ? spec.Features
                : spec.Features with { Weights = await artifacts.FetchAsync(run.Weights, cache, null, cancellation) },
            Evaluation = run.MetricWeights is null ? spec.Evaluation
                : spec.Evaluation with { Weights = await artifacts.FetchAsync(run.MetricWeights, cache, null, cancellation) },
        };
    }
}
