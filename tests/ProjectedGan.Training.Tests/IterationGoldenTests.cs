using System.Text.Json;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Testing;
using ProjectedGan.Training.Augmentation;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

/// <summary>Whole iterations through the trainer's own code against the reference: gradients, updates, averages and buffers.</summary>
[Trait("Speed", "Slow")]
public class IterationGoldenTests
{
    [Theory]
    [GoldenCases("iteration")]
    [GoldenGaps("iteration")]
    public void Run_ReferenceWeightsAndInputs_MatchesTheReference(string caseId, GoldenPrecision precision)
    {
        var golden = new GoldenRun(caseId, precision);
        var args = golden.Case.Args;
        var spec = Spec(golden);
        var averages = args.GetProperty("ema_start_nimg").EnumerateArray().Select(start => new LateAverage(start.GetInt64(), spec)).ToList();
        var probe = new Probe(golden);
        using var trainer = Create(golden, spec, probe);
        // A rounding may put a logit on the other side of the hinge's kink, or a gradient near zero on that of Adam's first sign: which ones do
        // depends on the processor, and they move the iterations that follow by more than roundings do. So each iteration in float32 begins
        // with the float64 run's state, which itself goes strictly from iteration to iteration.
        using var exact = golden.Precision == GoldenPrecision.Float32 ? Exact(caseId) : null;
        averages.ForEach(average => average.Start(trainer));
        for (var iteration = 1; iteration <= args.GetProperty("iterations").GetInt32(); iteration++)
        {
            if (exact is not null)
            {
                BeginAs(exact, trainer);
                exact.Run(iteration, CancellationToken.None);
            }
            probe.Prefix = $"it{iteration}/";
            probe.Remember(trainer);
            trainer.Run(iteration, CancellationToken.None);
            averages.ForEach(average => average.Update(trainer));
        }
        averages.ForEach(average => average.Compare(golden, trainer, probe.Prefix));
        CompareBuffers(golden, trainer, probe.Prefix);
        golden.Finish();
    }

    private static Trainer Exact(string caseId)
    {
        var golden = new GoldenRun(caseId, GoldenPrecision.Float64);
        return Create(golden, Spec(golden), probe: null);
    }

    private static Trainer Create(GoldenRun golden, TrainingSpec spec, Probe? probe) => Trainer.Create(spec, null, new TrainerOptions
    {
        Randomness = new Inputs(golden),
        Batches = new Inputs(golden),
        Probe = probe,
        InitializeWeights = (generator, projector, discriminator) => Fill(golden, generator, projector, discriminator),
    });

    // By name, for memory orders differ between precisions.
    private static void BeginAs(Trainer source, Trainer target)
    {
        using var noGrad = no_grad();
        var (from, to) = (source.Worker, target.Worker);
        Copy(from.Average, to.Average);
        foreach (var (network, update, ownNetwork, ownUpdate) in new[]
        {
            (from.State.Generator, from.GeneratorUpdate, to.State.Generator, to.GeneratorUpdate),
            (from.State.Discriminator, from.DiscriminatorUpdate, to.State.Discriminator, to.DiscriminatorUpdate),
        })
        {
            Copy(network.Trained, ownNetwork.Trained);
            Copy(network.Statistics, ownNetwork.Statistics);
            Copy(network.Counters, ownNetwork.Counters);
            Copy(network.SpectralVectors, ownNetwork.SpectralVectors);
            foreach (var (moment, own) in update.Adam.FirstMoments.Zip(ownUpdate.Adam.FirstMoments).Concat(update.Adam.SecondMoments.Zip(ownUpdate.Adam.SecondMoments)))
            {
                using var named = network.Trained.Clone();
                using var ownNamed = ownNetwork.Trained.Clone();
                named.CopyFrom(moment);
                Copy(named, ownNamed);
                own.copy_(ownNamed.Flat);
            }
        }
        target.Adopt(source.State().Header);
    }

    private static void Copy(FlatGroup source, FlatGroup target)
    {
        foreach (var (from, to) in source.Views.Zip(target.Views))
        {
            to.copy_(from);
        }
    }

    private static TrainingSpec Spec(GoldenRun golden)
    {
        var args = golden.Case.Args;
        var generator = golden.Module("G").Args;
        var discriminator = golden.Module("D").Args;
        var backbone = discriminator.GetProperty("backbone_kwargs");
        var resolution = generator.GetProperty("img_resolution").GetInt32();
        return new TrainingSpec
        {
            Batch = args.GetProperty("batch").GetInt32(),
            TotalImages = 1000,
            Data = new DataSpec { Resolution = resolution, Classes = Classes(golden) },
            Generator = golden.Module("G").Builder == "stylegan2" ? StyleGan2(generator) : FastGan(generator),
            Features = new FeatureSpec { Weights = FeatureSpec.RandomWeights, InputSize = discriminator.Flag("interp224") ? 224 : resolution },
            Projection = new ProjectionSpec
            {
                Kind = (ProjectionKind)backbone.GetProperty("proj_type").GetInt32(),
                Channels = backbone.GetProperty("cout").GetInt32(),
                Expand = backbone.Flag("expand"),
            },
            Discriminator = new DiscriminatorSpec
            {
                Count = backbone.GetProperty("num_discs").GetInt32(),
                Separable = backbone.Flag("separable"),
                Conditional = backbone.Flag("cond"),
            },
            Augmentation = new AugmentationSpec { Color = false, Translation = false, Cutout = false },
            Blur = Blur(args),
            Optimizer = new OptimizerSpec { GeneratorRate = args.GetProperty("G_lr").GetDouble(), DiscriminatorRate = args.GetProperty("D_lr").GetDouble() },
            Ema = new EmaSpec { HalfLifeImages = args.GetProperty("ema_kimg").GetDouble() * 1000, RampUp = args.Real("ema_rampup", 0) },
            Schedule = new ScheduleSpec { ReportImages = 1000 },
            Execution = new ExecutionSpec { Precision = golden.Precision == GoldenPrecision.Float64 ? Precision.Float64 : Precision.Float32 },
        };
    }

    private static GeneratorSpec FastGan(JsonElement generator) => new()
    {
        Kind = generator.Flag("lite") ? GeneratorKind.FastGanLite : GeneratorKind.FastGan,
        LatentSize = generator.GetProperty("z_dim").GetInt32(),
        Width = generator.GetProperty("ngf").GetInt32(),
        Conditional = generator.Flag("cond"),
    };

    private static GeneratorSpec StyleGan2(JsonElement generator) => new()
    {
        Kind = GeneratorKind.StyleGan2,
        LatentSize = generator.GetProperty("z_dim").GetInt32(),
        StyleSize = generator.GetProperty("w_dim").GetInt32(),
        MappingLayers = generator.GetProperty("mapping_kwargs").GetProperty("num_layers").GetInt32(),
        Width = generator.GetProperty("channel_base").GetInt32() / 128,
        MostChannels = generator.GetProperty("channel_max").GetInt32(),
        Conditional = generator.GetProperty("c_dim").GetInt32() > 0,
    };

    private static int Classes(GoldenRun golden) => golden.Case.Inputs.TryGetValue("input:real_c_1", out var labels) ? (int)labels.Shape[1] : 0;

    // A case may stop the schedule at one place of it; a blur that fades over more images than there are stays there.
    private static BlurSpec Blur(JsonElement args)
    {
        if (args.Find("loss_kwargs") is not { } loss)
        {
            return new BlurSpec();
        }
        var blur = new BlurSpec { InitialSigma = loss.Real("blur_init_sigma", 0), FadeImages = (long)(loss.Real("blur_fade_kimg", 0) * 1000) };
        // A little above, for the filter's width is a whole number of a sigma that fades a little.
        return args.Find("cur_nimg_loss") is { } seen ? new BlurSpec { InitialSigma = blur.Sigma(seen.GetInt64()) * (1 + 1e-13), FadeImages = 1L << 50 } : blur;
    }

    private static void Fill(GoldenRun golden, GeneratorNetwork generator, FeatureProjector projector, DiscriminatorNetwork discriminator)
    {
        GoldenModule.Fill(generator, golden.Module("G"), golden.Precision);
        GoldenModule.Fill(projector, golden.Module("D"), golden.Precision, "feature_network.");
        GoldenModule.Fill(discriminator, golden.Module("D"), golden.Precision, "discriminator.");
    }

    private static void CompareBuffers(GoldenRun golden, Trainer trainer, string prefix)
    {
        var state = trainer.Worker.State;
        var generator = StateDict.Named(state.Generator.Module).ToDictionary(member => member.Name, member => member.Tensor);
        var discriminator = StateDict.Named(state.Discriminator.Module).ToDictionary(member => "discriminator." + member.Name, member => member.Tensor);
        foreach (var name in golden.OutputsUnder(prefix + "Gstate/"))
        {
            golden.Compare(prefix + "Gstate/" + name, generator[name]);
        }
        foreach (var name in golden.OutputsUnder(prefix + "Dstate/"))
        {
            golden.Compare(prefix + "Dstate/" + name, discriminator[name]);
        }
    }

    /// <summary>
    /// Compares a parameter, its gradient or its change. Where it is an embedding without the rows of classes that never occur, they
    /// are added first: with their initial weights to parameters, with zeros to what never moved.
    /// </summary>
    private static void CompareParameter(GoldenRun golden, string name, Tensor own, GoldenModuleSpec weights, string? initial = null)
    {
        if (golden.ShapeOf(name) is [var rows, _] && own.dim() == 2 && own.size(0) < rows)
        {
            using var rest = initial is null
                ? zeros([rows, own.size(1)], own.dtype)
                : GoldenModule.Values(weights, weights.Entries.Single(entry => entry.Name == initial))!.to_type(own.dtype);
            using var whole = cat([own.detach(), rest.narrow(0, own.size(0), rows - own.size(0))], 0);
            golden.Compare(name, whole);
            return;
        }
        golden.Compare(name, own);
    }

    /// <summary>The moving average as if training had started after some images: the trainer's own for 0, computed alongside otherwise.</summary>
    private sealed class LateAverage(long start, TrainingSpec spec)
    {
        private Dictionary<string, Tensor> _tensors = [];

        public void Start(Trainer trainer) => _tensors = trainer.Worker.Average.Named.ToDictionary(member => member.Name, member => member.Tensor.clone());

        public void Update(Trainer trainer)
        {
            var beta = spec.Ema.Beta(start + trainer.ImagesSeen - spec.Batch, spec.Batch);
            foreach (var (name, parameter) in trainer.Worker.State.Generator.Trained.Named)
            {
                MovingAverage.Update(_tensors[name], parameter, beta);
            }
        }

        public void Compare(GoldenRun golden, Trainer trainer, string prefix)
        {
            using var scope = NewDisposeScope();
            using var snapshot = trainer.TakeSnapshot();
            using var generator = snapshot.CreateGenerator();
            var own = snapshot.Tensors.ToDictionary(member => member.Name, member => member.Tensor);
            var tensors = start == 0 ? own : _tensors;
            foreach (var name in golden.OutputsUnder($"{prefix}ema{start}/param/"))
            {
                CompareParameter(golden, $"{prefix}ema{start}/param/{name}", tensors[name], golden.Module("G"), name);
            }
            using var noGrad = no_grad();
            foreach (var (name, tensor) in StateDict.Named(generator).Where(member => _tensors.ContainsKey(member.Name)))
            {
                tensor.copy_(tensors[name]);
            }
            golden.Compare($"{prefix}ema{start}/image", generator.forward(golden.Input("input:z_ema"), golden.HasInput("input:c_ema") ? golden.Input("input:c_ema") : null, StoredNoise.Instance));
        }
    }

    /// <summary>The case's latents, labels, noise and real images.</summary>
    private sealed class Inputs(GoldenRun golden) : IReplicaRandomness, IRealBatches
    {
        public Tensor Latents(ReplicaMoment moment, int count) => golden.Input($"input:z_{Name(moment)}");

        public Tensor? Labels(ReplicaMoment moment, int count) => Optional($"input:c_{Name(moment)}");

        public INoiseSource? Noise(ReplicaMoment moment) =>
            golden.HasInput($"draw:noise_{Name(moment)}_0") ? new GoldenNoise(golden, $"draw:noise_{Name(moment)}_") : null;

        public IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin) => throw new InvalidOperationException("Augmentation is off.");

        public StyleMixture? Mixing(ReplicaMoment moment, int count, int styles) => null;

        public Tensor PathDirections(ReplicaMoment moment, long[] shape) => throw new InvalidOperationException("Path lengths are not regularised.");

        public IAugmentationDraws Crops(ReplicaMoment moment) => throw new InvalidOperationException("Nothing is decoded.");

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken) =>
            new(golden.Input($"input:real_{iteration + 1}").DetachFromDisposeScope(), Optional($"input:real_c_{iteration + 1}")?.DetachFromDisposeScope());

        public void Dispose()
        {
        }

        private static string Name(ReplicaMoment moment) => $"{(moment.Phase == RandomPhase.Generator ? "G" : "D")}_{moment.Iteration + 1}";

        private Tensor? Optional(string name) => golden.HasInput(name) ? golden.Input(name) : null;
    }

    /// <summary>Compares what an iteration goes through.</summary>
    private sealed class Probe(GoldenRun golden) : IIterationProbe
    {
        private readonly Dictionary<string, double> _losses = [];
        private readonly Dictionary<(TrainingPhase, string), Tensor> _before = [];

        public string Prefix { get; set; } = "";

        public void Remember(Trainer trainer)
        {
            foreach (var (phase, network) in new[]
            {
                (TrainingPhase.Generator, trainer.Worker.State.Generator), (TrainingPhase.Discriminator, trainer.Worker.State.Discriminator),
            })
            {
                foreach (var (name, tensor) in network.Trained.Named)
                {
                    _before[(phase, name)] = tensor.clone();
                }
            }
        }

        public void Tensor(string name, Tensor tensor)
        {
            if (tensor.dim() == 0)
            {
                _losses[name] = tensor.to_type(ScalarType.Float64).item<double>();
            }
            Compare(name, tensor);
            if (name == "D/loss_real")
            {
                Compare("D/loss_sum", _losses["D/loss_fake"] + _losses["D/loss_real"]);
            }
        }

        public void Gradients(TrainingPhase phase, IEnumerable<(string Name, Tensor Gradient)> gradients)
        {
            var squares = 0.0;
            foreach (var (name, gradient) in gradients)
            {
                squares += gradient.to_type(ScalarType.Float64).square().sum().item<double>();
                CompareIfStored($"{Folder(phase)}grad/{Full(phase, name)}", gradient, phase);
            }
            Compare($"{Folder(phase)}grad_all_l2", Math.Sqrt(squares));
        }

        public void Parameters(TrainingPhase phase, IEnumerable<(string Name, Tensor Parameter)> parameters)
        {
            foreach (var (name, parameter) in parameters)
            {
                CompareIfStored($"{Folder(phase)}param/{Full(phase, name)}", parameter, phase, Full(phase, name));
                CompareIfStored($"{Folder(phase)}delta/{Full(phase, name)}", parameter - _before[(phase, name)], phase);
            }
        }

        private static string Folder(TrainingPhase phase) => phase == TrainingPhase.Generator ? "G/" : "D/";

        private static string Full(TrainingPhase phase, string name) => phase == TrainingPhase.Generator ? name : "discriminator." + name;

        private bool IsStored(string name) => golden.ShapeOf(Prefix + name) is not null;

        private void CompareIfStored(string name, Tensor tensor, TrainingPhase phase, string? initial = null)
        {
            if (IsStored(name))
            {
                CompareParameter(golden, Prefix + name, tensor, golden.Module(phase == TrainingPhase.Generator ? "G" : "D"), initial);
            }
        }

        private void Compare(string name, Tensor tensor)
        {
            if (IsStored(name))
            {
                golden.Compare(Prefix + name, tensor);
            }
        }

        private void Compare(string name, double value)
        {
            if (IsStored(name))
            {
                golden.Compare(Prefix + name, value);
            }
        }
    }
}
