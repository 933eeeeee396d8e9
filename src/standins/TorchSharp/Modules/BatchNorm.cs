using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

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
