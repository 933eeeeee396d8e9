using ProjectedGan.Foundation;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Generators;

/// <summary>A generator that can be written as an ONNX model.</summary>
internal interface IOnnxGenerator
{
    /// <summary>The forward pass in evaluation mode, with the generator's truncation, and its own noise or none.</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="latents">[N, Z].</param>
    /// <param name="labels">One-hot [N, C]; null exactly for an unconditional generator.</param>
    /// <returns>[N, 3, R, R].</returns>
    OnnxValue Export(OnnxGraph graph, OnnxValue latents, OnnxValue? labels);
}

/// <summary>Writes generators as ONNX models, which other runtimes run without this project.</summary>
public static class OnnxExport
{
    /// <summary>Standard normal latents, [N, Z].</summary>
    public const string Latents = "z";

    /// <summary>One-hot classes, [N, C], of a conditional generator.</summary>
    public const string Classes = "class";

    /// <summary>Images in about [-1, 1], [N, 3, R, R].</summary>
    public const string Images = "images";

    /// <summary>
    /// Writes a generator as it is in evaluation mode, in float32, atomically: <see cref="Latents"/> and <see cref="Classes"/> to
    /// <see cref="Images"/>, for any N.
    /// Its <see cref="GeneratorNetwork.Truncation"/> and its noise, stored or none, become part of the model.
    /// </summary>
    /// <param name="generator">The generator; its noise mode must not be <see cref="NoiseMode.Drawn"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Texts about the model, by name.</param>
    /// <exception cref="PganException">
    /// The generator draws noise, has no ONNX form, has more weights than an ONNX file holds, or the file cannot be written.
    /// </exception>
    public static void Write(GeneratorNetwork generator, string path, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (generator.NoiseMode == NoiseMode.Drawn)
        {
            throw new PganException("The generator draws its noise, and an ONNX model draws none: choose stored noise or none.");
        }

        if (generator is not IOnnxGenerator exported)
        {
            throw new PganException($"A generator of the kind {generator.GetName()} has no ONNX form; export it as .safetensors.");
        }

        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var graph = new OnnxGraph();
        var latents = graph.Input(Latents, generator.LatentSize);
        OnnxValue? labels = generator.Classes > 0 ? graph.Input(Classes, generator.Classes) : null;
        graph.Output(Images, exported.Export(graph, latents, labels), 3, generator.Resolution, generator.Resolution);
        AtomicFile.Write(path, stream => graph.Write(stream, metadata));
    }
}
