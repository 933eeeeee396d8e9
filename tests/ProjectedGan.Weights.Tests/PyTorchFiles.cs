using System.Text.Json;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Testing;

namespace ProjectedGan.Weights.Tests;

/// <summary>Files that PyTorch saved, made once for all tests of a class.</summary>
public sealed class PyTorchFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PyTorchFiles()
    {
        PyTorchPeer.Run("save_checkpoints.py", _folder.Path);
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(File("expected.json")));
        Expected = json.RootElement.EnumerateObject().ToDictionary(
            tensor => tensor.Name, tensor => (Numbers(tensor.Value, "shape", item => item.GetInt64()), Numbers(tensor.Value, "values", item => item.GetDouble())));
    }

    /// <summary>Shape and row-major values of the checkpoint's <c>state_dict</c> entry.</summary>
    public IReadOnlyDictionary<string, (long[] Shape, double[] Values)> Expected { get; }

    public string File(string name) => _folder.File(name);

    public void Dispose() => _folder.Dispose();

    private static T[] Numbers<T>(JsonElement tensor, string property, Func<JsonElement, T> read) =>
        [.. tensor.GetProperty(property).EnumerateArray().Select(read)];
}
