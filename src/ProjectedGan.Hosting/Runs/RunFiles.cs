using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Hosting.Runs;

/// <summary>Brings a run's files to this machine and its spec into this machine's words.</summary>
public static class RunFiles
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
        // A node has one run at a time: what the one before needed may make room.
        Artifact?[] needed = [run.Dataset, run.Weights, run.MetricWeights];
        cache.UseOnly([.. needed.OfType<Artifact>().Select(artifact => ArtifactDigest.Parse(artifact.Digest))]);
        return spec with
        {
            Data = spec.Data with { Path = await FetchAsync(run.Dataset, artifacts, cache, cancellation) },
            Features = run.Weights is null ? spec.Features
                : spec.Features with { Weights = await FetchAsync(run.Weights, artifacts, cache, cancellation) },
            Evaluation = run.MetricWeights is null ? spec.Evaluation
                : spec.Evaluation with { Weights = await FetchAsync(run.MetricWeights, artifacts, cache, cancellation) },
        };
    }

    // Weights are read again when a run starts anew, so that all of them stay until the next run.
    private static async Task<string> FetchAsync(Artifact artifact, ArtifactClient artifacts, ArtifactStore cache, CancellationToken cancellation)
    {
        while (true)
        {
            var path = await artifacts.FetchAsync(artifact, cache, null, cancellation);
            if (cache.TryUse(ArtifactDigest.Parse(artifact.Digest)))
            {
                return path;
            }
        }
    }
}

/// <summary>A run cannot be prepared or trained for a reason that lies in its spec or its data: no other worker could do it either.</summary>
public sealed class HostedRunException(string message, Exception? inner) : PganException(message, inner);
