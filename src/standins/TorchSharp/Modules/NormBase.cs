using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter? _weightParameter;

    [ComponentName(Name = "bias")]
    private Parameter? _biasParameter;

    [ComponentName(Name = "running_mean")]
    private Tensor? _runningMean;

    [ComponentName(Name = "running_var")]
    private Tensor? _runningVariance;

    [ComponentName(Name = "num_batches_tracked")]
    private Tensor? _batchesTracked;

    public NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            _weightParameter = Parameter(ones(num_features, dtype, device));
            _biasParameter = Parameter(zeros(num_features, dtype, device));
        }

        if (track_running_stats)
        {
            _runningMean = zeros(num_features, dtype, device);
            _runningVariance = ones(num_features, dtype, device);
            _batchesTracked = tensor(0L, ScalarType.Int64, device);
        }

        RegisterComponents();
    }

    public long num_features { get; private set; }

    public double eps { get; set; }

    public double? momentum { get; set; }

    public bool affine { get; private set; }

    public bool track_running_stats { get; private set; }

    public Parameter weight
    {
        get => _weightParameter!;
        set
        {
            _weightParameter = value;
            ConditionallyRegisterParameter("weight", value);
        }
    }

    public Parameter? bias
    {
        get => _biasParameter;
        set
        {
            _biasParameter = value;
            ConditionallyRegisterParameter("bias", value);
        }
    }

    public Tensor? running_mean
    {
        get => _runningMean;
        set
        {
            _runningMean = value;
            ConditionallyRegisterBuffer("running_mean", value);
        }
    }

    public Tensor? running_var
    {
        get => _runningVariance;
        set
        {
            _runningVariance = value;
            ConditionallyRegisterBuffer("running_var", value);
        }
    }

    public Tensor? num_batches_tracked
    {
        get => _batchesTracked;
        set
        {
            _batchesTracked = value;
            ConditionallyRegisterBuffer("num_batches_tracked", value);
        }
    }

    public void reset_running_stats()
    {
        if (track_running_stats)
        {
            init.zeros_(_runningMean!);
            init.ones_(_runningVariance!);
            init.zeros_(_batchesTracked!);
        }
    }

    public void reset_parameters()
    {
        reset_running_stats();
        if (affine)
        {
            init.ones_(_weightParameter!);
            init.zeros_(_biasParameter!);
        }
    }

    protected abstract void ValidateInputDimensions(Tensor input);
}
