using ProjectedGan.Torch;

namespace ProjectedGan.Node.Coordinator.Submissions;

/// <summary>
/// Which files of the coordinator's machine a spec may name. What a spec names can be downloaded by its submitter afterwards, so that
/// strangers must not choose freely.
/// </summary>
/// <param name="Root">The folder below which files may be named; null for none.</param>
internal sealed record LocalFiles(string? Root)
{
    /// <summary>Everything that the coordinator's process can read; for callers of the same machine.</summary>
    public static LocalFiles Anywhere { get; } = new("/");

    /// <summary>The file that a spec names.</summary>
    /// <param name="field">The spec's field, for the message.</param>
    /// <param name="path">A path; relative ones begin at the root.</param>
    /// <exception cref="PganException">It may not be named, or is no file; the message is for the submitter.</exception>
    public string Resolve(string field, string path)
    {
        if (Root is null)
        {
            throw new PganException($"{field} is '{path}', and this coordinator takes no files of its own machine; upload the file (pgan submit does) and give its digest.");
        }

        string full = Path.GetFullPath(path, this == Anywhere ? Environment.CurrentDirectory : Root);
        string real = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Root)) + Path.DirectorySeparatorChar;
        if (this != Anywhere && !real.StartsWith(root, StringComparison.Ordinal))
        {
            throw new PganException($"{field} is '{path}', which is not below the coordinator's --local-files folder; upload the file and give its digest.");
        }

        if (Directory.Exists(real))
        {
            throw new PganException($"{field} is the folder '{path}'; a cluster trains on one file: make a zip of it with 'pgan dataset create'.");
        }

        return File.Exists(real) ? real : throw new PganException($"{field} is '{path}', and the coordinator's machine has no such file; upload it (pgan submit does) or correct the path.");
    }
}
