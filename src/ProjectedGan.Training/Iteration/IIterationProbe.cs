using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Sees the inside of an iteration; for checks against a reference. Tensors are only valid during the call.</summary>
internal interface IIterationProbe
{
    /// <summary>A replica's intermediate result, under the golden cases' names, for example <c>G/fake_logits</c>.</summary>
    void Tensor(string name, Tensor tensor);

    /// <summary>The averaged gradient of one network, by parameter, before the update.</summary>
    void Gradients(TrainingPhase phase, IEnumerable<(string Name, Tensor Gradient)> gradients);

    /// <summary>The parameters of one network after the update.</summary>
    void Parameters(TrainingPhase phase, IEnumerable<(string Name, Tensor Parameter)> parameters);
}

/// <summary>The two phases of an iteration, in order.</summary>
public enum TrainingPhase
{
    Generator,
    Discriminator,
}
