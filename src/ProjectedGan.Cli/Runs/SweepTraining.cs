using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Sweeps;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Checkpoints;

namespace ProjectedGan.Cli.Runs;

/// <summary>
/// Trains the runs of a sweep one after the other, each in a folder of its name below <paramref name="root"/>. Those that are complete are passed
/// over and one that was interrupted goes on, so that the same command resumes the whole. A run that fails does not keep the others from theirs.
/// </summary>
internal sealed class SweepTraining(string root, IReadOnlyList<SweepRun> runs, SessionOptions options)
{
    /// <summary>Trains what is not complete.</summary>
    /// <returns>The exit code: a failure where at least one run failed.</returns>
    /// <exception cref="UsageException">A run does not fit its data, or a folder holds something else; what was trained before stays.</exception>
    /// <exception cref="PganException">Data or weights of a run cannot be opened; nothing was trained.</exception>
    public int Run(CancellationToken stop)
    {
        CheckInputs();
        List<string> failed = [];
        foreach ((var index, var run) in runs.Index())
        {
            RunFolder folder = new(Path.Combine(root, run.Name));
            var same = run.AlsoNamed.Count > 0 ? $", the same as {string.Join(", ", run.AlsoNamed)}" : "";
            var isComplete = IsComplete(folder, run.Spec);
            Console.WriteLine($"run {index + 1} of {runs.Count}: {run.Name}{same}{(isComplete ? " is complete" : "")}");
            try
            {
                if (!isComplete && Train(folder, run.Spec, stop) == SessionEnd.Interrupted)
                {
                    Console.WriteLine($"stopped; the same command resumes {root}");
                    return ExitCode.Interrupted;
                }
            }
            catch (PganException error) when (error is not UsageException)
            {
                failed.Add(run.Name);
                Console.Error.WriteLine($"pgan: {run.Name} failed: {error.Message}");
            }
        }

        Console.WriteLine(root);
        return failed.Count == 0 ? ExitCode.Success : throw new PganException($"{failed.Count} of {runs.Count} runs failed: {string.Join(", ", failed)}. The same command tries them again.");
    }

    private SessionEnd Train(RunFolder folder, TrainingSpec spec, CancellationToken stop)
    {
        // Of the run before: without this each added half a GiB (the demo's networks, measured on two cores).
        TorchRuntime.GiveMemoryBack();
        using TrainingSession session = new(folder, spec, options);
        return session.Run(stop);
    }

    // What the last run lacks is better known now than after days of the others.
    private void CheckInputs()
    {
        if (File.Exists(new RunFolder(root).Spec))
        {
            throw new UsageException($"'{root}' holds a run, and a sweep makes a folder of runs; give this one another --run.");
        }

        foreach (var group in runs.GroupBy(run => run.Spec.Data.Path))
        {
            using var dataset = ImageDataset.Open(group.Key);
            foreach (var run in group)
            {
                if (DatasetFit.Problems(run.Spec, group.Key, dataset.Resolution, dataset.Count, dataset.ClassCount) is { Count: > 0 } problems)
                {
                    throw new SpecException(run.Name, problems);
                }
            }
        }

        foreach (var weights in runs.Select(run => run.Spec.Features.Weights).Distinct().Where(weights => weights != FeatureSpec.RandomWeights))
        {
            NetworkWeights.Store().Require("features.weights", weights);
        }

        foreach (var weights in runs.Where(run => run.Spec.Evaluation.Network.Length > 0).Select(run => run.Spec.Evaluation.Weights).Distinct())
        {
            NetworkWeights.Store().Require("evaluation.weights", weights);
        }
    }

    // The walk is what a session writes last.
    private bool IsComplete(RunFolder folder, TrainingSpec spec) =>
        File.Exists(folder.Interpolation)
        && folder.Newest(_ => { })?.Manifest is CheckpointManifest newest
        && newest.SpecHash == SpecHash.Compute(spec)
        && (newest.ImagesSeen >= spec.TotalImages || newest.TrainingSeconds >= options.Budget.TrainingTime?.TotalSeconds);
}
