using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ExperimentState = ProjectedGan.Coordinator.Contracts.ExperimentState;

namespace ProjectedGan.Coordinator.Submissions;

/// <summary>Checks a request to submit, with everything that is wrong at once, and makes the experiment of it.</summary>
internal sealed class SubmissionReader(SubmissionFiles files, DatasetCatalog datasets)
{
    /// <exception cref="SpecException">Every violation of the request and of its spec.</exception>
    /// <exception cref="ArtifactException">The disk is full.</exception>
    public async Task<ExperimentSubmission> ReadAsync(SubmitRequest request, string user, CancellationToken cancellation)
    {
        List<SpecProblem> problems = [];
        CheckTexts(request, problems);
        var spec = ReadSpec(request.SpecYaml, problems);
        if (spec is null)
        {
            throw new SpecException("The request is wrong", problems);
        }

        CheckMetrics(spec, request, problems);
        var dataset = await files.DatasetAsync(request.DatasetDigest, spec.Data.Path, problems, cancellation);
        if (dataset is not null)
        {
            await CheckDatasetAsync(spec, dataset, problems, cancellation);
        }

        var weights = spec.Features.Weights == FeatureSpec.RandomWeights && request.WeightsDigest.Length == 0
            ? null
            : await files.WeightsAsync("weights_digest", request.WeightsDigest, "features.weights", spec.Features.Weights, problems, cancellation);
        var metricWeights = spec.Evaluation.Network.Length == 0 || spec.Evaluation.Metrics.Length == 0
            ? null
            : await files.WeightsAsync("metric_weights_digest", request.MetricWeightsDigest, "evaluation.weights", spec.Evaluation.Weights, problems, cancellation);
        if (problems.Count > 0)
        {
            throw new SpecException("The request is wrong", problems);
        }

        var facts = await datasets.DescribeAsync(ArtifactDigest.Parse(dataset!.Digest), cancellation);
        return Compose(request, user, spec, facts, dataset) with { Weights = weights, MetricWeights = metricWeights };
    }

    /// <summary>An experiment's submission with a later end, which is outside of the spec's hash: its checkpoint fits.</summary>
    /// <exception cref="FieldException">The end is not later.</exception>
    /// <exception cref="SpecException">It is too late for any run.</exception>
    public static ExperimentSubmission Prolong(ExperimentView experiment, long totalImages)
    {
        var submission = experiment.Submission;
        var spec = TrainingSpecFile.ParseUnvalidated("spec_yaml", submission.SpecYaml) with { TotalImages = totalImages };
        // The same end is not refused where it is still to come: after an early stop, and where a request is repeated whose answer was lost.
        var isReached = experiment.State == ExperimentState.Completed && experiment.Checkpoint?.Iteration >= submission.LastIteration;
        var least = isReached ? (submission.LastIteration * submission.Batch) + 1 : submission.TotalImages;
        if (totalImages < least)
        {
            throw new FieldException(
                "total_images",
                $"total_images is {totalImages}; experiment {experiment.Id} {(isReached ? $"has been trained with {submission.LastIteration * submission.Batch} images" : $"has {submission.TotalImages}")}: use {least} or more.");
        }

        TrainingSpecValidator.ThrowIfInvalid(spec);
        return submission with { SpecYaml = TrainingSpecFile.Write(spec), TotalImages = totalImages, LastIteration = LastIteration(spec) };
    }

    private static long LastIteration(TrainingSpec spec) => (spec.TotalImages + spec.Batch - 1) / spec.Batch;

    private static void CheckTexts(SubmitRequest request, List<SpecProblem> problems)
    {
        foreach ((var field, var text) in new[] { ("name", request.Name), ("request_id", request.RequestId) })
        {
            if (text.Length > SubmissionLimits.NameLength || text.Any(char.IsControl))
            {
                problems.Add(new SpecProblem(field, $"{field} has {text.Length} characters; it may have {SubmissionLimits.NameLength}, none of them a control character."));
            }
        }
    }

    private static TrainingSpec? ReadSpec(string yaml, List<SpecProblem> problems)
    {
        try
        {
            var (spec, found) = TrainingSpecFile.Inspect("spec_yaml", yaml);
            problems.AddRange(found);
            return spec;
        }
        catch (PganException error)
        {
            problems.Add(new SpecProblem("spec_yaml", error.Message));
            return null;
        }
    }

    private static void CheckMetrics(TrainingSpec spec, SubmitRequest request, List<SpecProblem> problems)
    {
        problems.AddRange(MetricKinds.Parse(spec.Evaluation.Metrics).Problems.Select(problem => new SpecProblem("evaluation.metrics", $"evaluation.metrics {problem}")));

        // A digest takes the place of the path that the validator misses.
        if (request.MetricWeightsDigest.Length > 0)
        {
            problems.RemoveAll(problem => problem.Path == "evaluation.weights");
        }
    }

    private async Task CheckDatasetAsync(TrainingSpec spec, ArtifactReference dataset, List<SpecProblem> problems, CancellationToken cancellation)
    {
        try
        {
            var facts = await datasets.DescribeAsync(ArtifactDigest.Parse(dataset.Digest), cancellation);
            problems.AddRange(DatasetFit.Problems(spec, dataset.Name, facts.Resolution, facts.Images, facts.Classes));
        }
        catch (DatasetException error)
        {
            problems.Add(new SpecProblem("data.path", $"{dataset.Name} is no dataset: {error.Message}"));
        }
    }

    private static ExperimentSubmission Compose(SubmitRequest request, string user, TrainingSpec spec, DatasetFacts facts, ArtifactReference dataset)
    {
        var first = MetricKinds.Parse(spec.Evaluation.Metrics).Kinds.FirstOrDefault(MetricKind.FrechetDistance);
        return new ExperimentSubmission
        {
            Name = request.Name.Length > 0 ? request.Name : DefaultName(spec.Data.Path),
            User = user,
            SpecYaml = TrainingSpecFile.Write(spec),
            SpecHash = SpecHash.Compute(spec),
            DatasetHash = facts.Hash,
            Dataset = dataset,
            Replicas = spec.Replicas,
            Batch = spec.Batch,
            TotalImages = spec.TotalImages,
            LastIteration = LastIteration(spec),
            MinWorkers = spec.Cluster.MinWorkers,
            MaxWorkers = spec.Cluster.MaxWorkers,
            Priority = spec.Cluster.Priority,
            Warnings = [.. SpecAdvice.Of(spec, facts.Images).Select(advice => advice.Message), .. facts.LeftOut],
            DeviceKind = spec.Execution.Device.ToString().ToLowerInvariant(),
            Evaluation = new EvaluationPolicy
            {
                KeepAll = spec.Evaluation.EverySnapshot,
                StopAfter = spec.Evaluation.StopAfter,
                LowerIsBetter = first is MetricKind.FrechetDistance or MetricKind.KernelDistance,
            },
        };
    }

    private static string DefaultName(string path) => Path.GetFileNameWithoutExtension(path) is { Length: > 0 and <= SubmissionLimits.NameLength } name ? name : "experiment";
}

/// <summary>Bounds of a submission's texts.</summary>
internal static class SubmissionLimits
{
    /// <summary>Characters of a name and of a request's own key.</summary>
    public const int NameLength = 100;
}
