using ProjectedGan.Networks.Features;
using ProjectedGan.Weights;

namespace ProjectedGan.Networks.StateDicts;

/// <summary>A pretrained network whose weights can be imported.</summary>
/// <param name="Name">Its name in specs, file names and reports.</param>
/// <param name="Origin">Where its weights come from, in words.</param>
/// <param name="Licence">The weights' licence, by its SPDX name.</param>
/// <param name="Create">Builds it without weights.</param>
public sealed record ImportableNetwork(string Name, string Origin, string Licence, Func<FrozenNetwork> Create)
{
    /// <summary>File name of the npm package that has it, as npm names it; null where none does.</summary>
    public string? Package { get; init; }

    /// <summary>Its name inside of the package; null where packages do not have it.</summary>
    public string? PackagePart { get; init; }

    /// <summary>The file at its publisher's; null where a package has it.</summary>
    public PublishedFile? Published { get; init; }

    /// <summary>Whether it is published as a TorchScript program, of which the tensors alone are read.</summary>
    public bool IsProgram { get; init; }

    /// <summary>The name of the file that a user brings.</summary>
    public string FileName => Package ?? Published?.Name ?? Name;
}
