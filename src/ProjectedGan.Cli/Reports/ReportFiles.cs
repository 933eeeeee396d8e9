using System.Net;
using System.Text;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Reports;

/// <summary>Writes a report twice: report.html, which holds all of it, and report.md with its pictures in <c>images/</c>.</summary>
internal static class ReportFiles
{
    private const string Style = """
        body{font:15px/1.5 system-ui,Helvetica,Arial,sans-serif;color:#1c2430;max-width:76rem;margin:2rem auto;padding:0 1rem}
        h1,h2,h3{line-height:1.2;margin:2rem 0 .6rem}p{max-width:60rem}
        .wide{overflow-x:auto}table{border-collapse:collapse;margin:.6rem 0}
        th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #e6e9ee;vertical-align:top}th{color:#5b6675;font-weight:600}
        td{font-variant-numeric:tabular-nums}
        .side{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem}figure{margin:0;max-width:38rem}figure img{width:100%;height:auto;border:1px solid #e6e9ee}
        figcaption{color:#5b6675;font-size:14px}details{margin:.3rem 0}summary{cursor:pointer}pre{background:#f6f7f9;padding:.8rem;overflow-x:auto}
        """;

    /// <exception cref="PganException">A file cannot be written; what was there is unchanged.</exception>
    public static void Write(string folder, string title, IReadOnlyList<ReportBlock> blocks)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        foreach (var picture in blocks.OfType<ReportPictures>().SelectMany(block => block.Pictures))
        {
            AtomicFile.Write(Path.Combine(folder, "images", $"{picture.File}.png"), stream => stream.Write(picture.Png));
        }

        WriteText(Path.Combine(folder, "report.md"), string.Join('\n', blocks.Select(Markdown)));
        WriteText(Path.Combine(folder, "report.html"), $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Html(title)}</title>
            <style>
            {Style}
            </style></head>
            <body>
            {string.Join('\n', blocks.Select(Html))}
            </body>
            </html>

            """);
    }

    private static void WriteText(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Html(ReportBlock block) => block switch
    {
        ReportHeading heading => $"<h{heading.Level}>{Html(heading.Text)}</h{heading.Level}>",
        ReportText text => $"<p>{Html(text.Text)}</p>",
        ReportTable table => $"<div class=\"wide\"><table>\n<tr>{Cells("th", table.Columns)}</tr>\n{string.Concat(table.Rows.Select(row => $"<tr>{Cells("td", row)}</tr>\n"))}</table></div>",
        ReportPictures pictures => $"<div class=\"side\">\n{string.Concat(pictures.Pictures.Select(Figure))}</div>",
        ReportListing listing => $"<details><summary>{Html(listing.Title)}</summary><pre>{Html(listing.Text)}</pre></details>",
        _ => throw new InvalidOperationException($"{block.GetType().Name} has no HTML."),
    };

    private static string Cells(string tag, IEnumerable<string> cells) => string.Concat(cells.Select(cell => $"<{tag}>{Html(cell)}</{tag}>"));

    private static string Figure(ReportPicture picture) =>
        $"<figure><img src=\"data:image/png;base64,{Convert.ToBase64String(picture.Png)}\" alt=\"{Html(picture.Caption)}\"><figcaption>{Html(picture.Caption)}</figcaption></figure>\n";

    // Names come from other people's files and clusters.
    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Markdown(ReportBlock block) => block switch
    {
        ReportHeading heading => $"{new string('#', heading.Level)} {Plain(heading.Text)}\n",
        ReportText text => $"{Plain(text.Text)}\n",
        ReportTable table => $"{Row(table.Columns)}{Row(table.Columns.Select(_ => "---"))}{string.Concat(table.Rows.Select(row => Row(row.Select(Plain))))}",
        ReportPictures pictures => string.Concat(pictures.Pictures.Select(picture => $"![{Plain(picture.Caption)}](images/{picture.File}.png)\n\n*{Plain(picture.Caption)}*\n\n")),
        // Indented: a fence could be closed by what it holds.
        ReportListing listing => $"{Plain(listing.Title)}:\n\n{string.Concat(listing.Text.TrimEnd().Split('\n').Select(line => $"    {line}\n"))}",
        _ => throw new InvalidOperationException($"{block.GetType().Name} has no Markdown."),
    };

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    // Also inside of a table's cell. An underscore within a word is plain.
    private static string Plain(string text) => string.Concat(text.Select(character => character switch
    {
        '|' or '*' or '`' or '<' or '[' or ']' or '\\' => $"\\{character}",
        _ when char.IsControl(character) => " ",
        _ => $"{character}",
    }));
}

/// <summary>A part of a report, which is written as HTML and as Markdown.</summary>
internal abstract record ReportBlock;

/// <summary>The title of what follows.</summary>
/// <param name="Level">1 for the report's, 2 and 3 below.</param>
/// <param name="Text">Plain text.</param>
internal sealed record ReportHeading(int Level, string Text) : ReportBlock;

/// <summary>A paragraph of plain text.</summary>
internal sealed record ReportText(string Text) : ReportBlock;

/// <summary>A table of plain texts.</summary>
/// <param name="Columns">Their titles; the first column names the row.</param>
/// <param name="Rows">As many cells each.</param>
internal sealed record ReportTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : ReportBlock;

/// <summary>Pictures side by side.</summary>
internal sealed record ReportPictures(IReadOnlyList<ReportPicture> Pictures) : ReportBlock;

/// <summary>A PNG picture.</summary>
/// <param name="File">Its name in the folder of pictures, without the ending.</param>
/// <param name="Caption">Plain text.</param>
/// <param name="Png">The file's content.</param>
internal sealed record ReportPicture(string File, string Caption, byte[] Png);

/// <summary>Text that is shown on demand, letter by letter.</summary>
internal sealed record ReportListing(string Title, string Text) : ReportBlock;
