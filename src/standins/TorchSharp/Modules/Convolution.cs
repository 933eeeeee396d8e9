using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weightParameter;

    [ComponentName(Name = "bias")]
    private Parameter? _biasParameter;

    protected Convolution(
        string name,
        long in_channels,
        long out_channels,
        long[] kernel_size,
        long[] stride,
        long[]? padding,
        Padding? padding_type,
        long[] dilation,
        bool transposed,
        long[] output_padding,
        long groups,
        bool bias,
        PaddingModes padding_mode,
        Device? device = null,
        ScalarType? dtype = null)
        : base(name)
    {
        if (groups <= 0 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException($"Channels {in_channels} and {out_channels} must be divisible by the number of groups, {groups}.");
        }

        this.in_channels = in_channels;
        this.out_channels = out_channels;
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.padding_type = padding_type;
        this.dilation = dilation;
        this.transposed = transposed;
        this.output_padding = output_padding;
        this.groups = groups;
        this.padding_mode = padding_mode;
        long[] shape = [transposed ? in_channels : out_channels, (transposed ? out_channels : in_channels) / groups, .. kernel_size];
        _weightParameter = Parameter(empty(shape, dtype, device));
        _biasParameter = bias ? Parameter(empty([out_channels], dtype, device)) : null;
        reset_parameters();
        RegisterComponents();
    }

    public Parameter weight
    {
        get => _weightParameter;
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

    public long in_channels { get; private set; }

    public long out_channels { get; private set; }

    public long[] kernel_size { get; private set; }

    public long[] stride { get; private set; }

    public long[]? padding { get; private set; }

    public Padding? padding_type { get; private set; }

    public long[] dilation { get; private set; }

    public long[] output_padding { get; private set; }

    public long groups { get; private set; }

    public bool transposed { get; private set; }

    public PaddingModes padding_mode { get; private set; }

    /// <summary>PyTorch's default: uniform within ±1/√fan-in for weights and bias.</summary>
    public void reset_parameters()
    {
        init.kaiming_uniform_(_weightParameter, Math.Sqrt(5));
        if (_biasParameter is not null)
        {
            var (fanIn, _) = init.CalculateFanInAndFanOut(_weightParameter);
            double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
            init.uniform_(_biasParameter, -bound, bound);
        }
    }

    protected bool ValidateShape(Tensor input, long dimensions)
    {
        long[] shape = input.shape;
        int axis = shape.Length == dimensions + 2 ? 1 : 0;
        return (shape.Length == dimensions + 2 || shape.Length == dimensions + 1) && shape[axis] == in_channels;
    }

    private protected ArgumentException Misfit(Tensor input) =>
        new($"{name} takes {in_channels} input channels, got a tensor of shape [{string.Join(", ", input.shape)}].");
}
