using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Iteration;
using TorchSharp;

namespace ProjectedGan.Training.Runs;

/// <summary>Checks what a trainer is given and puts its worker together.</summary>
internal static class TrainerSetup
{
    /// <exception cref="SpecException">The spec does not fit the data set or lacks something that training needs.</exception>
    /// <exception cref="UsageException">The options do not fit the spec, or the device is missing.</exception>
    public static void Check(TrainingSpec spec, IImageDataset? dataset, TrainerOptions options)
    {
        var problems = new List<SpecProblem>();
        if (spec.Features.Weights.Length == 0)
        {
            problems.Add(new SpecProblem("features.weights",
                $"features.weights is empty; give a weights file of {SpecSchema.Find("features.network")!.Text(spec)}, or '{FeatureSpec.RandomWeights}'."));
        }
        if (dataset is not null)
        {
            CheckDataset(spec, dataset, problems);
        }
        if (problems.Count > 0)
        {
            throw new SpecException("The spec cannot be trained", problems);
        }
        CheckOptions(spec, dataset, options);
        CheckDevice(spec);
    }

    public static TrainingWorker CreateWorker(TrainingSpec spec, IImageDataset? dataset, TrainerOptions options)
    {
        TorchRuntime.SetThreads(spec.Execution.ThreadsPerReplica);
        TorchRuntime.UseDeterministicKernels();
        var factory = new NetworkFactory(spec);
        var state = new TrainingState(spec, factory)
        {
            Randomness = options.Randomness ?? new SeededRandomness(spec, dataset, factory.Device),
            Probe = options.Probe,
        };
        options.InitializeWeights?.Invoke(
            (GeneratorNetwork)state.Generator.Module, state.Projector, (DiscriminatorNetwork)state.Discriminator.Module);
        state.Projector.Optimize();
        CheckConvolutions(state, options);
        var worker = new TrainingWorker(state, options.Batches ?? new DatasetBatches(spec, dataset!, factory, options.Observer is { } observer ? observer.ImagesTaken : null), options.Elastic);
        if (!options.Elastic)
        {
            var hosted = options.Hosted ?? new ReplicaRange(0, spec.Replicas);
            worker.Join(hosted, options.Exchange ?? new InProcessExchange(state.Tree, 1).Join(), Lanes(spec, options, hosted));
        }
        return worker;
    }

    // Every distinct convolution of the run, in the sizes and the memory order in which an iteration computes it.
    private static void CheckConvolutions(TrainingState state, TrainerOptions options)
    {
        var cases = Convolutions.Record(state.Rehearse);
        if (options.Elastic)
        {
            ConvolutionCheck.Require(cases);
        }
        else if (ConvolutionCheck.Settle(cases) is { Fault: not null } report)
        {
            options.Observer?.Warning(report.ToString());
        }
    }

    /// <summary>Replicas that are computed side by side.</summary>
    public static int Lanes(TrainingSpec spec, TrainerOptions options, ReplicaRange hosted)
    {
        var wanted = options.Lanes > 0 ? options.Lanes : Math.Max(1, Environment.ProcessorCount / spec.Execution.ThreadsPerReplica);
        // A device runs one kernel after another anyway; one lane keeps its memory small.
        return spec.Execution.Device == DeviceKind.Cpu ? Math.Min(wanted, hosted.Count) : 1;
    }

    private static void CheckDataset(TrainingSpec spec, IImageDataset dataset, List<SpecProblem> problems)
    {
        problems.AddRange(DatasetFit.Problems(spec, spec.Data.Path, dataset.Resolution, dataset.Count, dataset.ClassCount));
        if (dataset.Channels != 3)
        {
            problems.Add(new SpecProblem("data.path", $"The images of '{spec.Data.Path}' are read with {dataset.Channels} channel; open them as RGB."));
        }
    }

    private static void CheckOptions(TrainingSpec spec, IImageDataset? dataset, TrainerOptions options)
    {
        if (dataset is null && options.Batches is null)
        {
            throw new ArgumentException("A trainer needs a data set, or batches that replace it.", nameof(dataset));
        }
        var hosted = options.Hosted ?? new ReplicaRange(0, spec.Replicas);
        if (hosted.Count < 1 || !new ReplicaRange(0, spec.Replicas).Contains(hosted))
        {
            throw new UsageException($"A worker cannot host replicas {hosted.First} to {hosted.End - 1}; the spec has replicas 0 to {spec.Replicas - 1}.");
        }
        if (!options.Elastic && options.Exchange is null && hosted.Count != spec.Replicas)
        {
            throw new UsageException($"A worker with {hosted.Count} of {spec.Replicas} replicas needs an exchange with the others.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(options.Lanes, nameof(options));
    }

    private static void CheckDevice(TrainingSpec spec)
    {
        if (spec.Execution.Device == DeviceKind.Cuda && !torch.cuda.is_available())
        {
            throw new UsageException($"execution.device is cuda, but no GPU can be used: {TorchRuntime.Describe().CudaStatus} "
                + "Set execution.device to cpu, or install a libtorch with CUDA ('pgan doctor' says what is found).");
        }
    }
}
