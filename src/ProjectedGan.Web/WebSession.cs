using Microsoft.AspNetCore.Http;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Web;

/// <summary>Says who is signed in, and what runs here.</summary>
internal sealed class WebSession(AccessPolicy access)
{
    public Task WriteAsync(HttpContext context) =>
        WebJson.WriteObjectAsync(context, new { user = Caller.Of(context).Name, asksForToken = access.Tokens is not null, version = ProductVersion.Release });
}
