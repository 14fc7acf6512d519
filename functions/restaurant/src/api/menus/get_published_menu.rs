//! `GET /internal/restaurants/{restaurant_id}/menus/{version}`

use axum::extract::State;
use contracts::menu::Menu;
use kernel::RestaurantId;
use runtime::{InternalCaller, Json, Path, Problem};

use crate::app::App;
use crate::store::load_published_menu;

/// A published version of a menu, for other services. A version never changes; what is sold out is told by events.
pub async fn get_published_menu(
    State(app): State<App>,
    _: InternalCaller,
    Path((id, version)): Path<(RestaurantId, u32)>,
) -> Result<Json<Menu>, Problem> {
    let menu = load_published_menu(&app.table, id, version).await?;
    menu.map(Json).ok_or_else(Problem::not_found)
}
