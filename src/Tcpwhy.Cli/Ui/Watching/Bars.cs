namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>A share as a bar.</summary>
internal static class Bars
{
    /// <summary>A bar of so many columns; a little is seen, and only all is full.</summary>
    public static string Of(double share, int width)
    {
        int full = share <= 0 ? 0 : share >= 1 ? width : Math.Clamp((int)Math.Round(share * width), 1, Math.Max(width - 1, 1));
        return new string('█', full) + new string('░', width - full);
    }
}
