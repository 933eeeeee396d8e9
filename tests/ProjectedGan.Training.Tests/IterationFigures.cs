using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Weights.SafeTensorsFormat;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

/// <summary>Keeps the losses, gradients and parameters of iterations by the names that peers write.</summary>
internal sealed class IterationFigures : IIterationProbe
{
    public string Prefix { get; set; } = "";

    public Dictionary<string, Tensor> Found { get; } = [];

    public void Tensor(string name, Tensor tensor)
    {
        if (tensor.dim() == 0)
        {
            Keep(name, tensor.reshape(1));
        }
    }

    public void Gradients(TrainingPhase phase, IEnumerable<(string Name, Tensor Gradient)> gradients) => KeepAll($"{Folder(phase)}/grad", gradients);

    public void Parameters(TrainingPhase phase, IEnumerable<(string Name, Tensor Parameter)> parameters) => KeepAll($"{Folder(phase)}/param", parameters);

    private static string Folder(TrainingPhase phase) => phase == TrainingPhase.Generator ? "G" : "D";

    private void KeepAll(string folder, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        foreach (var (name, tensor) in tensors)
        {
            Keep($"{folder}/{name}", tensor);
        }
    }

    private void Keep(string name, Tensor tensor) => Found[$"{Prefix}/{name}"] = tensor.detach().clone().DetachFromDisposeScope();

    /// <summary>Fails where a figure is off by more than a share of its norm; in float32, without parameters: the sign of Adam's first step turns where a gradient is nearly zero.</summary>
    public void AssertNear(string expectedFile, Precision precision, double tolerance, Func<string, bool> hasNoPeer)
    {
        using var expected = SafeTensors.Read(expectedFile);
        var wrong = new List<string>();
        foreach (var (name, own) in Found.Where(found => !hasNoPeer(found.Key) && (precision == Precision.Float64 || !found.Key.Contains("/param/", StringComparison.Ordinal))))
        {
            using var theirs = expected.Load(name);
            var (error, norm) = ((own.to_type(ScalarType.Float64) - theirs).norm().item<double>(), theirs.norm().item<double>());
            // A gradient that is zero but for roundings, such as a bias's in front of a normalisation, has no scale of its own.
            if (!(error <= tolerance * Math.Max(0.01, norm)))
            {
                wrong.Add($"{name} is off by {error:g3} of {norm:g3}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
