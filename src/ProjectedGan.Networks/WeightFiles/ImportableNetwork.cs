using ProjectedGan.Networks.Features;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>A pretrained network whose weights can be imported.</summary>
/// <param name="Name">Its name in specs, file names and reports.</param>
/// <param name="Origin">Where its weights come from, in words.</param>
/// <param name="Package">File name of the npm package that has it, as npm names it; null where none does.</param>
/// <param name="PackagePart">Its name inside of the package; null where packages do not have it.</param>
/// <param name="Create">Builds it without weights.</param>
public sealed record ImportableNetwork(string Name, string Origin, string? Package, string? PackagePart, Func<FrozenNetwork> Create);
