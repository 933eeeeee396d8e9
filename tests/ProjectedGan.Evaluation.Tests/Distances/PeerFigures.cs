using System.Text.Json;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Distances;

/// <summary>Figures that NumPy computes by their definitions, in float64 and with whole matrices.</summary>
internal sealed class PeerFigures
{
    private readonly Dictionary<string, double[]> _figures;

    public PeerFigures(Tensor generated, Tensor real, Tensor draws, params int[] neighbours)
    {
        var path = Path.Combine(Path.GetTempPath(), $"pgan-figures-{Guid.NewGuid():N}.safetensors");
        try
        {
            TensorFile.Write(path, [("generated", generated), ("real", real), ("draws", draws)]);
            _figures = JsonSerializer.Deserialize<Dictionary<string, double[]>>(
                PyTorchPeer.Run("feature_figures.py", [path, .. neighbours.Select(k => $"{k}")]))!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Asserts that a figure and its spread are the peer's.</summary>
    public void Compare(string name, Estimate actual)
    {
        AssertClose(_figures[name][0], actual.Value);
        AssertClose(_figures[name][1], actual.StandardDeviation!.Value);

        void AssertClose(double expected, double value) =>
            Assert.True(Math.Abs(expected - value) <= 1e-10 * Math.Max(1, Math.Abs(expected)), $"{name}: {value} instead of {expected}");
    }
}
