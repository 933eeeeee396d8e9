namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Stands between <see cref="Module"/> and the modules of known arity, as in the official package; hooks themselves are not supplied.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected HookableModule(string name)
                : base(name)
            {
            }
        }
    }
}
