namespace ProjectedGan.Data.Tests.Demo;

/// <summary>Finds packages that `./pgan test` fetches: in PGAN_DOWNLOADS, or .cache/downloads of a folder above the tests.</summary>
public static class DownloadedPackage
{
    public static string Find(string file)
    {
        var folders = new List<string>();
        if (Environment.GetEnvironmentVariable("PGAN_DOWNLOADS") is { Length: > 0 } configured)
            folders.Add(configured);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, ".cache", "downloads"));
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{file} is missing; `./pgan test` fetches it, or set PGAN_DOWNLOADS to its folder.");
    }
}
