using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace ProjectedGan.Node.Coordinator.Web;

/// <summary>The page's files, which are part of the program.</summary>
internal sealed class WebAssets
{
    /// <summary>The page itself.</summary>
    public const string Start = "index.html";

    private const string Prefix = "web/";

    // Files of one version belong together: browsers ask each time, and get a short answer.
    private const string Caching = "no-cache";

    private readonly FrozenDictionary<string, Asset> _assets = Load();

    public async Task WriteAsync(HttpContext context, string name)
    {
        WebHeaders.AddTo(context.Response);
        if (!_assets.TryGetValue(name, out Asset? asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (WebHeaders.IsUnchanged(context, asset.Tag, Caching))
        {
            return;
        }

        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(asset.Content, context.RequestAborted);
        }
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        Assembly assembly = typeof(WebAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..].Replace('\\', '/'), name => Read(assembly, name), StringComparer.Ordinal);
    }

    private static Asset Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(content, TypeOf(name), Convert.ToHexStringLower(SHA256.HashData(content))[..32]);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private sealed record Asset(byte[] Content, string Type, string Tag);
}
