"""Who works here and in which role, and by what somebody who signs in proves who they are."""
