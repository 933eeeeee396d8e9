using ProjectedGan.Data.Augmentation;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Testing;
using ProjectedGan.Torch;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using ProjectedGan.Training.Specification;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

/// <summary>Whole iterations through the trainer's own code against the reference: gradients, updates, averages and buffers.</summary>
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
        using var trainer = Trainer.Create(spec, null, new TrainerOptions
        {
            Randomness = new Inputs(golden),
            Batches = new Inputs(golden),
            Probe = probe,
            // Folding is exact in real numbers, which the strict float64 run shows. In float32 its roundings differ from the
            // reference's, and one logit of this case lies 0.001 from the hinge's kink: which side it falls on decides iteration 2.
            FoldsNormalizations = precision == GoldenPrecision.Float64,
            InitializeWeights = (generator, projector, discriminator) => Fill(golden, generator, projector, discriminator),
        });
        averages.ForEach(average => average.Start(trainer));
        for (var iteration = 1; iteration <= args.GetProperty("iterations").GetInt32(); iteration++)
        {
            probe.Prefix = $"it{iteration}/";
            probe.Remember(trainer);
            trainer.Run(iteration, CancellationToken.None);
            averages.ForEach(average => average.Update(trainer));
        }
        averages.ForEach(average => average.Compare(golden, trainer, probe.Prefix));
        CompareBuffers(golden, trainer, probe.Prefix);
        golden.Finish();
    }

    private static TrainingSpec Spec(GoldenRun golden)
    {
        var args = golden.Case.Args;
        var folder = GoldenFolder.Open();
        var generator = folder.Module(args.GetProperty("G").GetString()!).Args;
        var discriminator = folder.Module(args.GetProperty("D").GetString()!).Args;
        var backbone = discriminator.GetProperty("backbone_kwargs");
        Assert.Equal(2, backbone.GetProperty("proj_type").GetInt32());
        return new TrainingSpec
        {
            Batch = args.GetProperty("batch").GetInt32(),
            TotalImages = 1000,
            Data = new DataSpec { Resolution = generator.GetProperty("img_resolution").GetInt32() },
            Generator = new GeneratorSpec
            {
                Kind = generator.GetProperty("lite").GetBoolean() ? GeneratorKind.FastGanLite : GeneratorKind.FastGan,
                LatentSize = generator.GetProperty("z_dim").GetInt32(),
                Width = generator.GetProperty("ngf").GetInt32(),
            },
            Features = new FeatureSpec { Weights = FeatureSpec.RandomWeights, InputSize = discriminator.GetProperty("interp224").GetBoolean() ? 224 : 0 },
            Projection = new ProjectionSpec { Channels = backbone.GetProperty("cout").GetInt32(), Expand = backbone.GetProperty("expand").GetBoolean() },
            Discriminator = new DiscriminatorSpec
            {
                Count = backbone.GetProperty("num_discs").GetInt32(),
                Separable = backbone.GetProperty("separable").GetBoolean(),
            },
            Augmentation = new AugmentationSpec { Color = false, Translation = false, Cutout = false },
            Optimizer = new OptimizerSpec { GeneratorRate = args.GetProperty("G_lr").GetDouble(), DiscriminatorRate = args.GetProperty("D_lr").GetDouble() },
            Ema = new EmaSpec { HalfLifeImages = args.GetProperty("ema_kimg").GetDouble() * 1000, RampUp = args.GetProperty("ema_rampup").GetDouble() },
            Schedule = new ScheduleSpec { ReportImages = 1000 },
            Execution = new ExecutionSpec { Precision = golden.Precision == GoldenPrecision.Float64 ? Precision.Float64 : Precision.Float32 },
        };
    }

    private static void Fill(GoldenRun golden, GeneratorNetwork generator, FeatureProjector projector, MultiScaleDiscriminator discriminator)
    {
        GoldenModule.Fill(generator, golden.Case.Args.GetProperty("G").GetString()!, golden.Precision);
        // Owns both halves from here on, so that it must live as long as they do; the trainer disposes them.
        GoldenModule.Fill(new ReferenceDiscriminator(projector, discriminator), golden.Case.Args.GetProperty("D").GetString()!, golden.Precision);
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

    /// <summary>Both halves under the names that the reference has for them.</summary>
    private sealed class ReferenceDiscriminator : nn.Module
    {
        [ComponentName(Name = "feature_network")]
        private readonly FeatureProjector _projector;

        [ComponentName(Name = "discriminator")]
        private readonly MultiScaleDiscriminator _discriminators;

        public ReferenceDiscriminator(FeatureProjector projector, MultiScaleDiscriminator discriminators)
            : base(nameof(ReferenceDiscriminator))
        {
            (_projector, _discriminators) = (projector, discriminators);
            RegisterComponents();
        }
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
                golden.Compare($"{prefix}ema{start}/param/{name}", tensors[name]);
            }
            using var noGrad = no_grad();
            foreach (var (name, tensor) in StateDict.Named(generator).Where(member => _tensors.ContainsKey(member.Name)))
            {
                tensor.copy_(tensors[name]);
            }
            golden.Compare($"{prefix}ema{start}/image", generator.forward(golden.Input("input:z_ema"), null, null));
        }
    }

    /// <summary>The case's latents and real images.</summary>
    private sealed class Inputs(GoldenRun golden) : IReplicaRandomness, IRealBatches
    {
        public Tensor Latents(ReplicaMoment moment, int count) =>
            golden.Input($"input:z_{(moment.Phase == TrainingPhase.Generator ? "G" : "D")}_{moment.Iteration + 1}");

        public Tensor? Labels(ReplicaMoment moment, int count) => null;

        public INoiseSource? Noise(ReplicaMoment moment) => null;

        public IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin) => throw new InvalidOperationException("Augmentation is off.");

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken) =>
            new(golden.Input($"input:real_{iteration + 1}").DetachFromDisposeScope(), null);

        public void Dispose()
        {
        }
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
                Compare($"{Folder(phase)}grad/{Full(phase, name)}", gradient);
            }
            Compare($"{Folder(phase)}grad_all_l2", Math.Sqrt(squares));
        }

        public void Parameters(TrainingPhase phase, IEnumerable<(string Name, Tensor Parameter)> parameters)
        {
            foreach (var (name, parameter) in parameters)
            {
                Compare($"{Folder(phase)}param/{Full(phase, name)}", parameter);
                Compare($"{Folder(phase)}delta/{Full(phase, name)}", parameter - _before[(phase, name)]);
            }
        }

        private static string Folder(TrainingPhase phase) => phase == TrainingPhase.Generator ? "G/" : "D/";

        private static string Full(TrainingPhase phase, string name) => phase == TrainingPhase.Generator ? name : "discriminator." + name;

        private bool IsStored(string name) => golden.Case.Outputs.Exists(output => output.Name == Prefix + name);

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
