using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ProjectedGan.Data.Datasets;

/// <summary>
/// StyleGAN's dataset.json: {"labels": [["00000/img00000000.png", 6], ...]} or {"labels": null}. One class number an image, and
/// under "classes" their names, where there are any.
/// </summary>
/// <param name="Numbers">The labels in the order of the source's names.</param>
/// <param name="ClassNames">Names by class number; empty where there are none.</param>
internal sealed partial record LabelFile(int[] Numbers, IReadOnlyList<string> ClassNames)
{
    private const string Expected =
        """expected is {"labels": [["a.png", 0], …]} in UTF-8: each image's path inside the dataset and its class number""";

    private const long LeastLimit = 1 << 20;
    private const long BytesAnImage = 512;
    private const int QuotedLength = 80;

    /// <summary>What dataset.json says, or null where there are no labels.</summary>
    /// <exception cref="DatasetException">
    /// The file is damaged or far too large, names an unknown image, contradicts itself, or leaves an image out.
    /// </exception>
    public static LabelFile? Read(IImageSource source)
    {
        if (source.LabelFileLength is not { } length)
            return null;
        // A zip's few bytes can claim any size.
        if (length > LeastLimit + BytesAnImage * source.Names.Count)
            throw Damaged(source, $"has {length:N0} bytes for {source.Names.Count:N0} images; {Expected}");
        if (length == 0)
            throw Damaged(source, $"is empty; {Expected}");
        var bytes = source.ReadLabelFile().AsMemory();
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        else if (bytes.Span.StartsWith(Encoding.Unicode.Preamble) || bytes.Span.StartsWith(Encoding.BigEndianUnicode.Preamble))
            throw Damaged(source, $"is in UTF-16; {Expected}");
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Damaged(source, $"is {Quote(root)}; {Expected}");
            if (!root.TryGetProperty("labels", out var labels) || labels.ValueKind == JsonValueKind.Null)
                return null;
            if (labels.ValueKind != JsonValueKind.Array)
                throw Damaged(source, $"has the labels {Quote(labels)}; {Expected}");
            return new LabelFile(Assign(source, labels), ReadNames(root));
        }
        catch (JsonException error)
        {
            throw Damaged(source, $"is no JSON from line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1} on; {Expected}");
        }
        catch (InvalidOperationException error)
        {
            // Text that is no UTF-8, or half of a surrogate pair.
            throw Damaged(source, $"has text that cannot be read ({error.Message}); {Expected}");
        }
    }

    private static int[] Assign(IImageSource source, JsonElement labels)
    {
        var indices = new Dictionary<string, int>(source.Names.Count, StringComparer.Ordinal);
        for (var i = 0; i < source.Names.Count; i++)
            indices[source.Names[i]] = i;
        var result = new int[source.Names.Count];
        Array.Fill(result, -1);
        foreach (var item in labels.EnumerateArray())
        {
            var (name, label) = ReadItem(source, item);
            if (!indices.TryGetValue(name, out var index))
                throw Damaged(source, $"labels '{name}', which is not in the dataset{Similar(source, name)}");
            if (result[index] >= 0 && result[index] != label)
                throw Damaged(source, $"labels '{name}' twice, as {result[index]} and as {label}; leave one of them");
            result[index] = label;
        }
        var missing = Array.IndexOf(result, -1);
        return missing < 0 ? result : throw Damaged(source, $"has no label for '{source.Names[missing]}'; label every image or none");
    }

    private static (string Name, int Label) ReadItem(IImageSource source, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[0].ValueKind != JsonValueKind.String)
            throw Damaged(source, $"has the entry {Quote(item)} where [\"file\", class] belongs");
        var name = item[0].GetString()!.Replace('\\', '/');
        if (item[1].ValueKind != JsonValueKind.Number || !item[1].TryGetInt32(out var label) || label is < 0 or > 1_000_000)
            throw Damaged(source, $"gives '{name}' the label {Quote(item[1])}; labels are class numbers from 0 on");
        return (name, label);
    }

    // No part of StyleGAN's format: another program may mean something else by it.
    private static string[] ReadNames(JsonElement root) =>
        root.TryGetProperty("classes", out var classes) && classes.ValueKind == JsonValueKind.Array
        && classes.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? [.. classes.EnumerateArray().Select(name => name.GetString()!)]
            : [];

    private static string Similar(IImageSource source, string name)
    {
        var plain = Plain(name);
        return source.Names.FirstOrDefault(other => plain.Equals(Plain(other), StringComparison.OrdinalIgnoreCase)) is { } meant
            ? $", but '{meant}' is; write names as they stand there: without './', in the same case and the same Unicode normal form"
            : "";
    }

    // Letters with marks have several spellings, of which macOS takes other ones than everybody else; here they are one sign.
    private static string Plain(string name) =>
        MarkedLetters().Replace(name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name, "?");

    [GeneratedRegex(@"(?:[A-Za-z]\p{Mn}+|[^\x00-\x7F]\p{Mn}*)+")]
    private static partial Regex MarkedLetters();

    private static string Quote(JsonElement element) =>
        element.GetRawText() is { Length: > QuotedLength } text ? text[..QuotedLength] + "…" : element.GetRawText();

    private static DatasetException Damaged(IImageSource source, string what) =>
        new($"'{source.Path}': {ImageNames.LabelFile} {what}.");
}
