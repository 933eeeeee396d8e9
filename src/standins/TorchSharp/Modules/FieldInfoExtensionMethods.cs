using System.Reflection;

namespace TorchSharp;

public static class FieldInfoExtensionMethods
{
    public static string ComponentName(this FieldInfo field) =>
        field.GetCustomAttribute<Utils.ComponentNameAttribute>()?.Name ?? field.Name;
}
