namespace Tcpwhy.Pools.Runtimes;

/// <summary>A setting of a runtime's pools, in the words of its own documentation.</summary>
/// <param name="Library">Whose it is, as HikariCP.</param>
/// <param name="Setting">Its name, as maximumPoolSize.</param>
/// <param name="Default">What it is when nobody sets it; null when that says nothing.</param>
/// <param name="Better">What it should be; null where only the application can tell.</param>
public sealed record Knob(string Library, string Setting, string? Default = null, string? Better = null);
