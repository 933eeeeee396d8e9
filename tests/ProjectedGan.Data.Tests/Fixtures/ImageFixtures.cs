using System.Text.Json;

namespace ProjectedGan.Data.Tests.Fixtures;

/// <summary>images.json: files with the pixels that PIL and avifdec give for them, made by make_fixtures.py.</summary>
public static class ImageFixtures
{
    private static readonly Lazy<Content> Loaded = new(Load);

    public static IReadOnlyList<FileCase> Files => Loaded.Value.Images;

    public static IReadOnlyList<LanczosCase> Lanczos => Loaded.Value.Lanczos;

    public static FileCase File(string name) => Files.Single(file => file.Name == name);

    private static Content Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "images.json");
        return JsonSerializer.Deserialize<Content>(System.IO.File.ReadAllBytes(path), JsonSerializerOptions.Web)!;
    }

    public sealed record FileCase(
        string Name, byte[] File, int Width, int Height, int Channels, bool Turned, int Frames, int Tolerance, byte[] Pixels);

    public sealed record LanczosCase(int Width, int Height, int Channels, int SourceWidth, int SourceHeight, byte[] Source, byte[] Pixels);

    private sealed record Content(List<FileCase> Images, List<LanczosCase> Lanczos);
}
