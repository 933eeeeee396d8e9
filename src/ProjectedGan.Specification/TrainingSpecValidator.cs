using System.Globalization;
using System.Numerics;
using ProjectedGan.Foundation;

namespace ProjectedGan.Specification;

/// <summary>Checks a spec as a whole: every problem is found, contradictions between settings included.</summary>
public static class TrainingSpecValidator
{
    // Below this the discriminators, built for 256, leave less than the 4×4 map that their last convolution needs.
    private const int SmallestInput = 128;

    // Far beyond any run, and so far below the largest number that sums and multiples of it are exact.
    private const long MostImages = 1L << 50;
    private const long LargestBucket = 1L << 30;
    private const int MostSamples = 1_000_000;
    private const int MostResamples = 1_000;

    /// <summary>Everything that is wrong with <paramref name="spec"/>; empty for a usable one.</summary>
    public static IReadOnlyList<SpecProblem> Validate(TrainingSpec spec)
    {
        var checks = new SpecChecks(spec);
        checks.Texts();
        CheckRun(spec, checks);
        CheckNetworks(spec, checks);
        CheckOptimization(spec, checks);
        CheckSchedule(checks);
        CheckCluster(spec, checks);
        CheckContradictions(spec, checks);
        return checks.Problems;
    }

    /// <exception cref="SpecException">The spec has at least one problem; the message lists all.</exception>
    public static void ThrowIfInvalid(TrainingSpec spec)
    {
        if (Validate(spec) is { Count: > 0 } problems)
        {
            throw new SpecException("The spec is wrong", problems);
        }
    }

    private static void CheckRun(TrainingSpec spec, SpecChecks checks)
    {
        checks.Range("seed", 0, long.MaxValue);
        checks.Range("replicas", 1, 4096);
        checks.Range("batch", 1, 65536);
        checks.Range("totalImages", 1, MostImages);
        checks.Range("data.resolution", DataSpec.SmallestResolution, DataSpec.LargestResolution);
        if (spec.Data.Resolution is >= DataSpec.SmallestResolution and <= DataSpec.LargestResolution && !BitOperations.IsPow2(spec.Data.Resolution))
        {
            var below = 1 << BitOperations.Log2((uint)spec.Data.Resolution);
            checks.Add("data.resolution", $"data.resolution is {spec.Data.Resolution}, no power of two; use {below} or {below * 2}.");
        }
        checks.Range("data.images", 0, int.MaxValue);
        checks.Range("data.classes", 0, 1000);
        checks.Range("data.decodingThreads", 1, 64);
        checks.Range("execution.threadsPerReplica", 1, 1024);
        if (spec.Execution is { Device: DeviceKind.Cuda, Precision: Precision.Float64 })
        {
            checks.Add("execution.precision", "execution.precision is float64, which is for checks on the CPU; use float32 or bfloat16.");
        }
        if (spec.Batch > 0 && spec.Replicas is > 0 and <= 4096 && spec.Batch % spec.Replicas != 0)
        {
            var below = spec.Batch / spec.Replicas * spec.Replicas;
            var allowed = below == 0 ? $"{spec.Replicas}" : $"{below} or {below + spec.Replicas}";
            checks.Add("batch", $"batch {spec.Batch} is not divisible by replicas {spec.Replicas}; use a batch of {allowed}.");
        }
    }

    private static void CheckNetworks(TrainingSpec spec, SpecChecks checks)
    {
        checks.Range("generator.latentSize", 1, 4096);
        checks.Range("generator.width", 1, 1024);
        checks.Range("generator.styleSize", 1, 4096);
        checks.Range("generator.mappingLayers", 1, 32);
        checks.Range("generator.mostChannels", 1, 4096);
        checks.Range("generator.styleMixing", 0, 1.0);
        checks.Range("discriminator.mostChannels", 1, 4096);
        checks.Range("projection.channels", 1, 1024);
        checks.Range("discriminator.count", 1, 4);
        checks.Range("discriminator.widthFactor", 1e-3, 4);
        var size = spec.Features.InputSize;
        if (size != 0 && (size is < SmallestInput or > 1024 || size % 32 != 0))
        {
            var nearest = Math.Clamp((size + 16) / 32 * 32, SmallestInput, 1024);
            checks.Add("features.inputSize", $"features.inputSize is {size}; it must be a multiple of 32 from {SmallestInput} to 1024, "
                + $"or 0 for the reference's rule; {nearest} is the nearest.");
        }
    }

    private static void CheckOptimization(TrainingSpec spec, SpecChecks checks)
    {
        checks.Range("optimizer.generatorRate", double.Epsilon, 1);
        checks.Range("optimizer.discriminatorRate", double.Epsilon, 1);
        checks.Range("optimizer.epsilon", double.Epsilon, 1);
        checks.Range("optimizer.beta1", 0, Math.BitDecrement(1));
        checks.Range("optimizer.beta2", 0, Math.BitDecrement(1));
        checks.Range("ema.halfLifeImages", 0, double.MaxValue);
        checks.Range("ema.rampUp", 0, double.MaxValue);
        checks.Range("loss.gradientPenalty", 0, 1000);
        checks.Range("loss.penaltyInterval", 1, 1024);
        checks.Range("loss.pathLength", 0, 1000);
        checks.Range("loss.pathLengthInterval", 1, 1024);
        checks.Range("loss.reconstruction", 0, 1000);
        checks.Range("augmentation.probability", 0, 1.0);
        checks.Range("augmentation.target", 0, 1.0);
        checks.Range("augmentation.adjustmentImages", 1, MostImages);
        CheckAugmentation(spec.Augmentation, checks);
        checks.Range("blur.initialSigma", 0, 64);
        checks.Range("blur.fadeImages", 0, MostImages);
        if (spec.Blur is { InitialSigma: > 0, FadeImages: 0 })
        {
            checks.Add("blur.fadeImages", $"blur.fadeImages is 0 although blur.initialSigma is {spec.Blur.InitialSigma:R}; "
                + "give the number of images after which the blur is gone, or set blur.initialSigma to 0.");
        }
    }

    private static void CheckAugmentation(AugmentationSpec augmentation, SpecChecks checks)
    {
        try
        {
            if (augmentation.IsAdaptive)
            {
                AdaptiveAugmentationOptions.Parse(augmentation.Adaptive);
            }
        }
        catch (PganException error)
        {
            checks.Add("augmentation.adaptive", $"augmentation.adaptive: {error.Message}");
        }
        if (augmentation is { IsAdaptive: true } and ({ Color: true } or { Translation: true } or { Cutout: true }))
        {
            checks.Add("augmentation.adaptive", $"augmentation.adaptive is '{SpecSchema.Shorten(augmentation.Adaptive)}' although augmentation.color, translation or cutout is true; "
                + "set these to false, or augmentation.adaptive to none.");
        }
        else if (augmentation is { IsAdaptive: false, Probability: > 0 })
        {
            checks.Add("augmentation.probability", FormattableString.Invariant($"augmentation.probability is {augmentation.Probability:R} although augmentation.adaptive is none; ")
                + "set augmentation.adaptive, for example to blit,geom,color, or leave the probability out.");
        }
    }

    private static void CheckSchedule(SpecChecks checks)
    {
        checks.Range("schedule.reportImages", 1, MostImages);
        checks.Range("schedule.snapshotImages", 0, MostImages);
        checks.Range("schedule.evaluationImages", 0, MostImages);
        checks.Range("schedule.checkpointImages", 0, MostImages);
        checks.Range("schedule.keepCheckpoints", 1, int.MaxValue);
    }

    private static void CheckCluster(TrainingSpec spec, SpecChecks checks)
    {
        checks.Range("reduction.bucketBytes", 4096, LargestBucket);
        checks.Range("evaluation.samples", 2, MostSamples);
        checks.Range("evaluation.stopAfter", 0, int.MaxValue);
        checks.Range("evaluation.resamples", 0, MostResamples);
        checks.Range("cluster.minWorkers", 1, 4096);
        checks.Range("cluster.maxWorkers", 0, 4096);
        checks.Range("cluster.priority", -100, 100);
        var (least, most) = (spec.Cluster.MinWorkers, spec.Cluster.MaxWorkers);
        if (least > spec.Replicas)
        {
            checks.Add("cluster.minWorkers", $"cluster.minWorkers is {least}, but a worker hosts at least one replica and replicas is {spec.Replicas}; "
                + $"use {spec.Replicas} or less, or more replicas.");
        }
        if (most > spec.Replicas)
        {
            checks.Add("cluster.maxWorkers", $"cluster.maxWorkers is {most}, but a worker hosts at least one replica and replicas is {spec.Replicas}; "
                + $"use {spec.Replicas} or less, or 0 for as many as there are replicas.");
        }
        else if (most != 0 && most < least)
        {
            checks.Add("cluster.maxWorkers", $"cluster.maxWorkers is {most}, less than cluster.minWorkers ({least}); use {least} or more, or 0.");
        }
        if (spec.Evaluation.Resamples == 1)
        {
            checks.Add("evaluation.resamples", "evaluation.resamples is 1, of which there is no spread; use 2 or more, or 0 for none.");
        }
        if (spec.Evaluation is { Network.Length: > 0, Weights.Length: 0 })
        {
            checks.Add("evaluation.weights", $"evaluation.weights is empty although evaluation.network is '{spec.Evaluation.Network}'; "
                + "give its weights file, or leave evaluation.network empty to measure with the feature network.");
        }
    }

    private static void CheckContradictions(TrainingSpec spec, SpecChecks checks)
    {
        if (spec.Data.Classes > 0)
        {
            if (!spec.Generator.Conditional && !spec.Discriminator.Conditional)
            {
                checks.Add("data.classes", $"data.classes is {spec.Data.Classes} although neither generator.conditional nor "
                    + "discriminator.conditional is true; set data.classes to 0 or one of them to true.");
            }
        }
        else
        {
            checks.NeedsClasses("generator.conditional", spec.Generator.Conditional);
            checks.NeedsClasses("discriminator.conditional", spec.Discriminator.Conditional);
        }
        if (spec.Loss.Kind == LossKind.Hinge && spec.Loss.GradientPenalty is >= 0 and <= 1000 && !spec.Loss.GradientPenalty.Equals(new LossSpec().GradientPenalty))
        {
            checks.Add("loss.gradientPenalty", $"loss.gradientPenalty is {spec.Loss.GradientPenalty:R} although loss.kind is hinge, which has no penalty; "
                + "set loss.kind to relativistic or non_saturating, or leave loss.gradientPenalty out.");
        }
        if (spec is { Loss: { Kind: not LossKind.Hinge, GradientPenalty: > 0 }, Execution.Precision: Precision.BFloat16 })
        {
            checks.Add("execution.precision", "execution.precision is bfloat16, in which gradient penalties are not computed; "
                + "use float32, or set loss.gradientPenalty to 0.");
        }
        if (spec is { Loss.PathLength: > 0, Execution.Precision: Precision.BFloat16 })
        {
            checks.Add("execution.precision", "execution.precision is bfloat16, in which path lengths are not regularised; use float32, or set loss.pathLength to 0.");
        }
        checks.NeedsStyles("loss.pathLength", spec.Loss.PathLength);
        checks.NeedsStyles("generator.styleMixing", spec.Generator.StyleMixing);
        if (spec.Discriminator is { Kind: DiscriminatorKind.FastGan, Conditional: true })
        {
            checks.Add("discriminator.conditional", "discriminator.conditional is true although discriminator.kind is fastgan, which takes no labels; "
                + "set it to false, or discriminator.kind to projected or stylegan2.");
        }
        if (spec.Generator is { Conditional: true, Kind: GeneratorKind.FastGan } && spec.Data.Resolution > 256)
        {
            checks.Add("generator.conditional", $"generator.conditional is true at data.resolution {spec.Data.Resolution}; "
                + "the conditional FastGAN has no label input above 256 pixels; use 256 or less.");
        }
    }
}

/// <summary>Collects the problems of one spec.</summary>
internal sealed class SpecChecks(TrainingSpec spec)
{
    private readonly List<SpecProblem> _problems = [];

    public IReadOnlyList<SpecProblem> Problems => _problems;

    public void Add(string path, string message) => _problems.Add(new SpecProblem(path, message));

    /// <summary>Checks a number against both bounds, which are allowed values.</summary>
    public void Range(string path, double lowest, double highest)
    {
        var field = SpecSchema.Find(path)!;
        var value = Convert.ToDouble(field.Get(spec), CultureInfo.InvariantCulture);
        if (value >= lowest && value <= highest)
        {
            return;
        }
        var allowed = (lowest, highest) switch
        {
            (double.Epsilon, _) => $"above 0 and at most {highest:R}",
            (_, long.MaxValue or int.MaxValue or double.MaxValue) => $"{lowest:R} or more",
            (_, < 1) => $"{lowest:R} or more and below 1",
            _ => $"from {lowest:R} to {highest:R}",
        };
        Add(path, $"{path} is {field.Text(spec)}; it must be {allowed}.");
    }

    /// <summary>Checks that texts, which are names of files, metrics and networks, hold nothing that no such name can.</summary>
    public void Texts()
    {
        foreach (var field in SpecSchema.Fields.Where(field => field.Type == typeof(string)))
        {
            var text = field.Text(spec);
            if (text.Any(char.IsControl))
            {
                var shown = string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
                Add(field.Path, $"{field.Path} is '{SpecSchema.Shorten(shown)}', with the control character {(int)text.First(char.IsControl)}; take it out.");
            }
        }
    }

    public void NeedsStyles(string path, double value)
    {
        if (value > 0 && !spec.Generator.Kind.HasStyles())
        {
            Add(path, $"{path} is {value.ToString("R", CultureInfo.InvariantCulture)} although generator.kind is {SpecSchema.Find("generator.kind")!.Text(spec)}, which has no styles; "
                + $"set generator.kind to stylegan2 or hybrid, or {path} to 0.");
        }
    }

    public void NeedsClasses(string path, bool conditional)
    {
        if (conditional)
        {
            Add(path, $"{path} is true although data.classes is 0; set data.classes to the number of classes in dataset.json, or {path} to false.");
        }
    }
}
