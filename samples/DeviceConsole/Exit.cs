namespace Samples.DeviceConsole;

/// <summary>What the process ends with.</summary>
internal enum Exit
{
    Done = 0,
    Failed = 1,
    Denied = 2,
    Expired = 3,
    ApiFailed = 4,
    SignedOut = 5,
    Interrupted = 130,
}
