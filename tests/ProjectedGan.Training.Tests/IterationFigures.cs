using ProjectedGan.Training.Iteration;
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
}
