using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
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

    public abstract class BatchNorm : NormBase
    {
        public BatchNorm(
            long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
        {
        }

        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            double factor = momentum ?? 0;
            if (training && track_running_stats && num_batches_tracked is not null)
            {
                using (no_grad())
                {
                    num_batches_tracked.add_(1);
                }

                // Without a momentum the statistics are the plain average over batches.
                factor = momentum ?? 1.0 / num_batches_tracked.ToDouble();
            }

            bool batchStatistics = training || (running_mean is null && running_var is null);
            bool updates = !training || track_running_stats;
            return functional.batch_norm(input, updates ? running_mean : null, updates ? running_var : null, affine ? weight : null, bias, batchStatistics, factor, eps);
        }
    }

    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
        {
        }

        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim != 4)
            {
                throw new ArgumentException($"Invalid number of dimensions for BatchNorm2d: 4 expected, got {input.ndim}.", nameof(input));
            }
        }
    }

    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
            : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
        {
        }

        protected override void ValidateInputDimensions(Tensor input)
        {
            if (input.ndim is not (2 or 3))
            {
                throw new ArgumentException($"Invalid number of dimensions for BatchNorm1d: 2 or 3 expected, got {input.ndim}.", nameof(input));
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static BatchNorm2d BatchNorm2d(
                long num_features,
                double eps = 1e-05,
                double momentum = 0.1,
                bool affine = true,
                bool track_running_stats = true,
                Device? device = null,
                ScalarType? dtype = null) => new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static BatchNorm1d BatchNorm1d(
                long num_features,
                double eps = 1e-05,
                double momentum = 0.1,
                bool affine = true,
                bool track_running_stats = true,
                Device? device = null,
                ScalarType? dtype = null) => new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}
