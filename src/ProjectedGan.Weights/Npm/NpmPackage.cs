using System.Text.Json;

namespace ProjectedGan.Weights.Npm;

/// <summary>What an npm package's <c>package.json</c> says about it.</summary>
internal sealed record NpmPackage(string Name, string Version, string Licence)
{
    /// <summary>Whether a path is a TF.js topology file.</summary>
    public static bool IsModel(string path) => Path.GetFileName(path) is "model.min.js" or "model.js" or "model.json";

    /// <summary>Null where the JSON is no package's.</summary>
    public static NpmPackage? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Text("name") is { } name ? new(name, Text("version") ?? "unknown", Text("license") ?? "unknown") : null;

            string? Text(string key) =>
                document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The package that a folder belongs to: the nearest <c>package.json</c> above with a name; null where there is none.</summary>
    public static NpmPackage? OfFolder(string folder)
    {
        for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
        {
            var file = new FileInfo(Path.Combine(place.FullName, "package.json"));
            if (file.Exists && file.Length < 1 << 20 && Parse(File.ReadAllBytes(file.FullName)) is { } package)
            {
                return package;
            }
        }
        return null;
    }
}
