using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace ProjectedGan.Web;

/// <summary>The page's files, which are part of the program.</summary>
internal static class WebAssets
{
    /// <summary>The page itself.</summary>
    public const string Start = "index.html";

    private static readonly Assembly Program = typeof(WebAssets).Assembly;
    private static readonly FileExtensionContentTypeProvider Types = new();

    // Files of one build belong together: browsers ask each time, and get a short answer.
    private static readonly EntityTagHeaderValue Build = new($"\"{Program.ManifestModule.ModuleVersionId:N}\"");

    public static Task WriteAsync(HttpContext context, string name)
    {
        WebHeaders.AddTo(context.Response);
        if (Program.GetManifestResourceStream($"web/{name}") is not { } file)
        {
            return TypedResults.NotFound().ExecuteAsync(context);
        }

        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Stream(file, Types.TryGetContentType(name, out string? type) ? type : null, entityTag: Build).ExecuteAsync(context);
    }
}
